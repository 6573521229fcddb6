// C++ as it is written with the standard library: vectors, maps, strings, streams, algorithms, functions, variants.
#include <algorithm>
#include <deque>
#include <functional>
#include <iomanip>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <queue>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

#include "mining.h"
#include "text.h"

namespace {

struct Employee {
  std::string name, city;
  int age;
  double pay;
};

std::vector<std::string> Split(std::string_view text, char by) {
  std::vector<std::string> parts;
  size_t from = 0;
  for (size_t at; (at = text.find(by, from)) != std::string_view::npos; from = at + 1) {
    if (at > from) parts.emplace_back(text.substr(from, at - from));
  }
  if (from < text.size()) parts.emplace_back(text.substr(from));
  return parts;
}

double Words(const std::string& text) {
  std::map<std::string, int> ordered;
  std::unordered_map<std::string, int> hashed;
  std::istringstream in(text);
  std::string word;
  while (in >> word) {
    ordered[word]++;
    hashed[word] += static_cast<int>(word.size());
  }
  std::vector<std::pair<std::string, int>> sorted(ordered.begin(), ordered.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::ostringstream out;
  for (size_t i = 0; i < 30 && i < sorted.size(); i++) {
    out << std::setw(8) << sorted[i].first << ": " << sorted[i].second << ' ' << std::hex << hashed[sorted[i].first] << std::dec
        << ' ' << std::fixed << std::setprecision(2) << sorted[i].second / 3.0 << '\n';
  }
  double sum = 0;
  for (const std::string& line : Split(out.str(), '\n')) sum += static_cast<double>(line.size()) + static_cast<double>(line.find(':'));
  return sum;
}

double Records() {
  std::vector<Employee> all;
  const char* cities[] = {"Oslo", "Bergen", "a town with a long name", "Rome"};
  for (int i = 0; i < 200; i++) {
    all.push_back({"name" + std::to_string(Number() % 1000), cities[Number() % 4], static_cast<int>(Number() % 60), 1000.0 + Number() % 5000});
  }
  std::sort(all.begin(), all.end(), [](const Employee& a, const Employee& b) { return std::tie(a.city, a.age, a.name) < std::tie(b.city, b.age, b.name); });
  std::map<std::string, std::vector<const Employee*>> groups;
  for (const Employee& e : all) groups[e.city].push_back(&e);
  double sum = 0;
  for (const auto& [city, members] : groups) {
    sum += std::accumulate(members.begin(), members.end(), 0.0, [](double s, const Employee* e) { return s + e->pay; }) / static_cast<double>(members.size());
    auto oldest = std::max_element(members.begin(), members.end(), [](const Employee* a, const Employee* b) { return a->age < b->age; });
    sum += (*oldest)->age;
  }
  all.erase(std::remove_if(all.begin(), all.end(), [](const Employee& e) { return e.age < 30; }), all.end());
  return sum + static_cast<double>(all.size());
}

struct Add;
struct Negate;
using Term = std::variant<double, std::unique_ptr<Add>, std::unique_ptr<Negate>>;
struct Add { Term a, b; };
struct Negate { Term a; };

Term Make(int depth) {
  if (depth == 0) return static_cast<double>(Number() % 10);
  if (Number() % 4 == 0) return std::make_unique<Negate>(Negate{Make(depth - 1)});
  return std::make_unique<Add>(Add{Make(depth - 1), Make(depth - 1)});
}

double Evaluate(const Term& t) {
  return std::visit([](const auto& x) -> double {
    using T = std::decay_t<decltype(x)>;
    if constexpr (std::is_same_v<T, double>) return x;
    else if constexpr (std::is_same_v<T, std::unique_ptr<Add>>) return Evaluate(x->a) + Evaluate(x->b);
    else return -Evaluate(x->a);
  }, t);
}

double Graph() {
  std::vector<std::vector<std::pair<int, int>>> edges(150);
  for (int i = 0; i < 700; i++) edges[Number() % 150].emplace_back(Number() % 150, 1 + Number() % 40);
  std::vector<int> distance(150, 1 << 30);
  std::priority_queue<std::pair<int, int>, std::vector<std::pair<int, int>>, std::greater<>> queue;
  queue.emplace(distance[0] = 0, 0);
  while (!queue.empty()) {
    auto [d, at] = queue.top();
    queue.pop();
    if (d > distance[at]) continue;
    for (auto [to, weight] : edges[at]) {
      if (d + weight < distance[to]) queue.emplace(distance[to] = d + weight, to);
    }
  }
  return std::accumulate(distance.begin(), distance.end(), 0.0, [](double s, int d) { return d < 1 << 30 ? s + d : s; });
}

double Once() {
  std::string text(4000, ' ');
  FillWithText(text.data(), text.size());
  double sum = Words(text) + Records() + Graph();
  for (int i = 0; i < 5; i++) {
    Term term = Make(7);
    for (int j = 0; j < 4; j++) sum += Evaluate(term);
  }
  std::deque<int> window;
  std::set<int> seen;
  std::list<int> kept;
  std::unordered_set<uint64_t> hashes;
  for (int i = 0; i < 1200; i++) {
    int n = static_cast<int>(Number() % 2000);
    while (!window.empty() && window.back() < n) window.pop_back();
    window.push_back(n);
    if (window.size() > 20) window.pop_front();
    if (seen.insert(n).second) kept.push_front(n);
    hashes.insert(static_cast<uint64_t>(n) * 0x9e3779b97f4a7c15u >> 54);
    sum += window.front() % 10;
  }
  kept.sort();
  kept.unique();
  auto middle = seen.lower_bound(1000);
  sum += middle == seen.end() ? 0 : *middle;
  std::vector<std::function<double(double)>> steps;
  for (int i = 1; i < 6; i++) steps.push_back([i](double x) { return x * 0.5 + i; });
  steps.push_back([&sum](double x) { return x > 3 ? x - 1 : x + sum * 1e-9; });
  double x = 1;
  for (int i = 0; i < 200; i++) {
    for (const auto& step : steps) x = step(x);
  }
  std::vector<int> numbers(1500);
  for (int& n : numbers) n = static_cast<int>(Number() % 100000);
  std::vector<int> copy = numbers;
  std::nth_element(copy.begin(), copy.begin() + 700, copy.end());
  std::partial_sort(numbers.begin(), numbers.begin() + 100, numbers.end());
  std::make_heap(copy.begin(), copy.end());
  std::sort_heap(copy.begin(), copy.end());
  sum += copy[700] + numbers[99] + static_cast<double>(std::count_if(copy.begin(), copy.end(), [](int n) { return n % 3 == 0; }));
  std::string joined;
  for (const std::string& part : Split(text, ' ')) {
    if (!joined.empty()) joined += ", ";
    joined.append(part.rbegin(), part.rend());
    if (part.compare(0, 2, "ka") == 0) joined.insert(joined.size() / 2, "+");
  }
  std::transform(joined.begin(), joined.end(), joined.begin(), [](char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
  return sum + x + static_cast<double>(joined.find("LOKA") + kept.size() + hashes.size()) + std::stod("12.5") + std::stoi("77");
}

}  // namespace

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
