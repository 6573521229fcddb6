// C++ of games and simulations: classes with virtual functions, vectors of floats, a ray marcher, bodies that collide,
// particles, noise, boids, matrices as templates, quaternions, a quadtree, a neural network, a genetic search.
#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "mining.h"

namespace {

template <typename T>
struct Vec3 {
  T x, y, z;
  Vec3 operator+(const Vec3& o) const { return {x + o.x, y + o.y, z + o.z}; }
  Vec3 operator-(const Vec3& o) const { return {x - o.x, y - o.y, z - o.z}; }
  Vec3 operator*(T s) const { return {x * s, y * s, z * s}; }
  T Dot(const Vec3& o) const { return x * o.x + y * o.y + z * o.z; }
  Vec3 Cross(const Vec3& o) const { return {y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x}; }
  T Length() const { return std::sqrt(Dot(*this)); }
  Vec3 Unit() const { return *this * (1 / Length()); }
};

using V = Vec3<float>;

template <typename T, int N>
struct Matrix {
  std::array<std::array<T, N>, N> m{};
  Matrix operator*(const Matrix& o) const {
    Matrix out;
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++)
        for (int k = 0; k < N; k++) out.m[i][j] += m[i][k] * o.m[k][j];
    return out;
  }
  V operator*(const V& v) const {
    return {m[0][0] * v.x + m[0][1] * v.y + m[0][2] * v.z, m[1][0] * v.x + m[1][1] * v.y + m[1][2] * v.z,
            m[2][0] * v.x + m[2][1] * v.y + m[2][2] * v.z};
  }
};

class Solid {
 public:
  virtual ~Solid() = default;
  virtual float Distance(const V& p) const = 0;
};

class Ball : public Solid {
 public:
  Ball(V centre, float radius) : centre_(centre), radius_(radius) {}
  float Distance(const V& p) const override { return (p - centre_).Length() - radius_; }

 private:
  V centre_;
  float radius_;
};

class Cube : public Solid {
 public:
  Cube(V centre, V half) : centre_(centre), half_(half) {}
  float Distance(const V& p) const override {
    V d = p - centre_, q = {std::fabs(d.x) - half_.x, std::fabs(d.y) - half_.y, std::fabs(d.z) - half_.z};
    V outside = {std::fmax(q.x, 0.0f), std::fmax(q.y, 0.0f), std::fmax(q.z, 0.0f)};
    return outside.Length() + std::fmin(std::fmax(q.x, std::fmax(q.y, q.z)), 0.0f);
  }

 private:
  V centre_, half_;
};

class Ring : public Solid {
 public:
  float Distance(const V& p) const override {
    float x = std::sqrt(p.x * p.x + p.z * p.z) - 2;
    return std::sqrt(x * x + p.y * p.y) - 0.4f;
  }
};

double March() {
  std::vector<std::unique_ptr<Solid>> solids;
  solids.push_back(std::make_unique<Ball>(V{0, 0.5f, 0}, 1.0f));
  solids.push_back(std::make_unique<Cube>(V{2, 0, 1}, V{0.5f, 0.7f, 0.5f}));
  solids.push_back(std::make_unique<Ring>());
  auto distance = [&](const V& p) {
    float least = p.y + 1.5f;
    for (const auto& solid : solids) {
      float d = solid->Distance(p);
      if (d < least) least = d;
    }
    return least;
  };
  double sum = 0;
  V eye = {0, 1.5f, -6}, light = V{1, 2, -1.5f}.Unit();
  for (int y = 0; y < 14; y++)
    for (int x = 0; x < 18; x++) {
      V ray = V{(x - 9) / 9.0f, (7 - y) / 9.0f, 1.5f}.Unit();
      float travelled = 0;
      for (int step = 0; step < 40 && travelled < 20; step++) {
        V p = eye + ray * travelled;
        float d = distance(p);
        if (d < 0.01f) {
          const float e = 0.01f;
          V normal = V{distance(p + V{e, 0, 0}) - d, distance(p + V{0, e, 0}) - d, distance(p + V{0, 0, e}) - d}.Unit();
          sum += std::fmax(0.0f, normal.Dot(light)) * 255;
          break;
        }
        travelled += d;
      }
    }
  return sum;
}

struct Body {
  double x, y, vx, vy, r, m;
};

double Collide(int steps) {
  std::vector<Body> bodies;
  for (int i = 0; i < 30; i++) bodies.push_back({Number() % 100 * 1.0, Number() % 100 * 1.0, Number() % 20 - 10.0, Number() % 20 - 10.0, 1.0 + Number() % 4, 1.0 + Number() % 5});
  double hits = 0;
  for (int s = 0; s < steps; s++) {
    for (Body& b : bodies) {
      b.vy += 0.098;
      b.x += b.vx * 0.1, b.y += b.vy * 0.1;
      if (b.x < b.r || b.x > 100 - b.r) b.vx = -b.vx, b.x = b.x < b.r ? b.r : 100 - b.r;
      if (b.y < b.r || b.y > 100 - b.r) b.vy = -b.vy * 0.9, b.y = b.y < b.r ? b.r : 100 - b.r;
    }
    for (size_t i = 0; i < bodies.size(); i++)
      for (size_t j = i + 1; j < bodies.size(); j++) {
        Body &a = bodies[i], &b = bodies[j];
        double dx = b.x - a.x, dy = b.y - a.y, d2 = dx * dx + dy * dy, r = a.r + b.r;
        if (d2 >= r * r || d2 == 0) continue;
        double d = std::sqrt(d2), nx = dx / d, ny = dy / d, speed = (b.vx - a.vx) * nx + (b.vy - a.vy) * ny;
        double push = (r - d) / 2;
        a.x -= nx * push, a.y -= ny * push, b.x += nx * push, b.y += ny * push;
        if (speed > 0) continue;
        double j2 = -1.8 * speed / (1 / a.m + 1 / b.m);
        a.vx -= j2 / a.m * nx, a.vy -= j2 / a.m * ny, b.vx += j2 / b.m * nx, b.vy += j2 / b.m * ny;
        hits++;
      }
  }
  return hits + bodies[3].x + bodies[7].vy;
}

struct Quad {
  float x, y, size;
  std::vector<std::pair<float, float>> points;
  std::array<std::unique_ptr<Quad>, 4> parts;

  void Insert(float px, float py) {
    if (!parts[0]) {
      points.emplace_back(px, py);
      if (points.size() <= 4 || size < 1) return;
      for (int i = 0; i < 4; i++) parts[i] = std::make_unique<Quad>(Quad{x + (i & 1) * size / 2, y + (i >> 1) * size / 2, size / 2, {}, {}});
      for (auto [a, b] : points) Part(a, b).Insert(a, b);
      points.clear();
    } else {
      Part(px, py).Insert(px, py);
    }
  }

  Quad& Part(float px, float py) { return *parts[(px >= x + size / 2) + 2 * (py >= y + size / 2)]; }

  int Count(float ax, float ay, float bx, float by) const {
    if (bx < x || by < y || ax > x + size || ay > y + size) return 0;
    int count = 0;
    for (auto [px, py] : points) count += px >= ax && px <= bx && py >= ay && py <= by;
    for (const auto& part : parts) count += part ? part->Count(ax, ay, bx, by) : 0;
    return count;
  }
};

float Noise(float x, float y) {
  auto corner = [](int i, int j) {
    uint32_t h = i * 374761393u + j * 668265263u;
    h = (h ^ h >> 13) * 1274126177u;
    return static_cast<float>(h >> 8 & 0xffff) / 65536.0f;
  };
  int i = static_cast<int>(std::floor(x)), j = static_cast<int>(std::floor(y));
  float u = x - i, v = y - j;
  u = u * u * (3 - 2 * u), v = v * v * (3 - 2 * v);
  float top = corner(i, j) + u * (corner(i + 1, j) - corner(i, j)), bottom = corner(i, j + 1) + u * (corner(i + 1, j + 1) - corner(i, j + 1));
  return top + v * (bottom - top);
}

class Network {
 public:
  explicit Network(std::vector<int> sizes) {
    for (size_t l = 1; l < sizes.size(); l++) {
      weights_.emplace_back(sizes[l], std::vector<float>(sizes[l - 1] + 1));
      for (auto& row : weights_.back())
        for (float& w : row) w = (Number() % 1000 - 500) / 500.0f;
    }
  }

  float Train(const std::vector<float>& in, float wanted, float rate) {
    std::vector<std::vector<float>> outs = {in};
    for (const auto& layer : weights_) {
      std::vector<float> out(layer.size());
      for (size_t i = 0; i < layer.size(); i++) {
        float sum = layer[i].back();
        for (size_t j = 0; j < outs.back().size(); j++) sum += layer[i][j] * outs.back()[j];
        out[i] = 1 / (1 + std::exp(-sum));
      }
      outs.push_back(out);
    }
    float error = wanted - outs.back()[0];
    std::vector<float> deltas = {error * outs.back()[0] * (1 - outs.back()[0])};
    for (size_t l = weights_.size(); l-- > 0;) {
      std::vector<float> before(outs[l].size());
      for (size_t i = 0; i < weights_[l].size(); i++) {
        for (size_t j = 0; j < before.size(); j++) {
          before[j] += deltas[i] * weights_[l][i][j];
          weights_[l][i][j] += rate * deltas[i] * outs[l][j];
        }
        weights_[l][i].back() += rate * deltas[i];
      }
      for (size_t j = 0; j < before.size(); j++) before[j] *= outs[l][j] * (1 - outs[l][j]);
      deltas = before;
    }
    return error * error;
  }

 private:
  std::vector<std::vector<std::vector<float>>> weights_;
};

struct Boid {
  V at, speed;
};

double Flock(int steps) {
  std::vector<Boid> boids;
  for (int i = 0; i < 24; i++) boids.push_back({{Number() % 50 * 1.0f, Number() % 50 * 1.0f, Number() % 50 * 1.0f}, {1, Number() % 3 - 1.0f, 0}});
  for (int s = 0; s < steps; s++)
    for (Boid& b : boids) {
      V centre{}, away{}, common{};
      int n = 0;
      for (const Boid& o : boids) {
        if (&o == &b) continue;
        V d = o.at - b.at;
        float far = d.Dot(d);
        if (far > 400) continue;
        centre = centre + o.at, common = common + o.speed, n++;
        if (far < 25) away = away - d;
      }
      if (n > 0) b.speed = b.speed + (centre * (1.0f / n) - b.at) * 0.01f + away * 0.05f + (common * (1.0f / n) - b.speed) * 0.1f;
      float length = b.speed.Length();
      if (length > 2) b.speed = b.speed * (2 / length);
      b.at = b.at + b.speed * 0.5f;
    }
  return boids[5].at.x + boids[9].at.y + boids[11].speed.Cross(boids[2].speed).z;
}

double Once() {
  double sum = March() + Collide(40) + Flock(15);
  Quad quad{0, 0, 128, {}, {}};
  for (int i = 0; i < 500; i++) quad.Insert(Number() % 12800 / 100.0f, Number() % 12800 / 100.0f);
  for (int i = 0; i < 60; i++) sum += quad.Count(i, i * 0.5f, i + 20, i + 30);
  float height = 0;
  for (int y = 0; y < 24; y++)
    for (int x = 0; x < 24; x++) height += Noise(x * 0.17f, y * 0.13f) + 0.5f * Noise(x * 0.34f, y * 0.26f);
  Network network({2, 6, 4, 1});
  for (int i = 0; i < 250; i++) sum += network.Train({i & 1 ? 1.0f : 0.0f, i & 2 ? 1.0f : 0.0f}, ((i >> 1) ^ i) & 1, 0.5f);
  Matrix<float, 3> turn, all;
  for (int i = 0; i < 3; i++) all.m[i][i] = turn.m[i][i] = 1;
  turn.m[0][1] = 0.1f, turn.m[1][0] = -0.1f;
  Matrix<double, 4> big;
  for (int i = 0; i < 16; i++) big.m[i / 4][i % 4] = i * 0.05;
  for (int i = 0; i < 150; i++) {
    all = all * turn;
    V v = all * V{1, 2, 3};
    if (v.Length() > 10) all.m[0][0] *= 0.5f, all.m[1][1] *= 0.25f, all.m[0][1] = 0;
    big = big * big;
    for (auto& row : big.m)
      for (double& x : row) x = x / (1 + std::fabs(x));
  }
  return sum + height + all.m[0][1] + big.m[2][3];
}

}  // namespace

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
