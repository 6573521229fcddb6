// meshoptimizer reorders, packs and simplifies a surface.
#include <cmath>
#include <vector>

#include "meshoptimizer.h"
#include "mining.h"

struct Vertex { float x, y, z; };

static double Once() {
  const unsigned n = 18;
  std::vector<Vertex> vertices;
  std::vector<unsigned> indices;
  for (unsigned i = 0; i < n * n; i++) vertices.push_back({i % n * 1.0f, i / n * 1.0f, std::sin(i % n * 0.4f) * std::cos(i / n * 0.3f) * 3});
  for (unsigned y = 0; y + 1 < n; y++)
    for (unsigned x = 0; x + 1 < n; x++) {
      unsigned at = y * n + x;
      for (unsigned i : {at, at + 1, at + n, at + n, at + 1, at + n + 1}) indices.push_back(i);
    }
  for (size_t i = indices.size() / 3; i-- > 1;) {
    size_t j = Number() % i;
    for (int k = 0; k < 3; k++) std::swap(indices[i * 3 + k], indices[j * 3 + k]);
  }
  std::vector<unsigned> remap(vertices.size()), ordered(indices.size()), simple(indices.size());
  size_t distinct = meshopt_generateVertexRemap(remap.data(), indices.data(), indices.size(), vertices.data(), vertices.size(), sizeof(Vertex));
  meshopt_optimizeVertexCache(ordered.data(), indices.data(), indices.size(), vertices.size());
  meshopt_optimizeOverdraw(indices.data(), ordered.data(), ordered.size(), &vertices[0].x, vertices.size(), sizeof(Vertex), 1.05f);
  meshopt_optimizeVertexFetch(vertices.data(), indices.data(), indices.size(), vertices.data(), vertices.size(), sizeof(Vertex));
  std::vector<unsigned char> packed(meshopt_encodeIndexBufferBound(indices.size(), vertices.size())), points(meshopt_encodeVertexBufferBound(vertices.size(), sizeof(Vertex)));
  packed.resize(meshopt_encodeIndexBuffer(packed.data(), packed.size(), indices.data(), indices.size()));
  points.resize(meshopt_encodeVertexBuffer(points.data(), points.size(), vertices.data(), vertices.size(), sizeof(Vertex)));
  std::vector<Vertex> again(vertices.size());
  if (meshopt_decodeIndexBuffer(ordered.data(), indices.size(), sizeof(unsigned), packed.data(), packed.size()) != 0) return -1;
  if (meshopt_decodeVertexBuffer(again.data(), vertices.size(), sizeof(Vertex), points.data(), points.size()) != 0) return -2;
  float error = 0;
  size_t left = meshopt_simplify(simple.data(), indices.data(), indices.size(), &vertices[0].x, vertices.size(), sizeof(Vertex), indices.size() / 3, 0.1f, 0, &error);
  return static_cast<double>(distinct + packed.size() + points.size() + left) + error + again[100].z;
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
