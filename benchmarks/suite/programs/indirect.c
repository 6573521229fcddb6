// Calls through a table: a tree of expressions is evaluated, each node by the function that its kind names.
#include "kernel.h"

struct Node {
  uint32_t (*evaluate)(const struct Node*, uint32_t);
  const struct Node *left, *right;
  uint32_t value;
};

enum { kNodes = 1 << 12 };

static struct Node nodes[kNodes];

static uint32_t Constant(const struct Node* n, uint32_t x) { (void)x; return n->value; }
static uint32_t Variable(const struct Node* n, uint32_t x) { return x ^ n->value; }
static uint32_t Add(const struct Node* n, uint32_t x) {
  return n->left->evaluate(n->left, x) + n->right->evaluate(n->right, x);
}
static uint32_t Xor(const struct Node* n, uint32_t x) {
  return n->left->evaluate(n->left, x) ^ n->right->evaluate(n->right, x);
}
static uint32_t Multiply(const struct Node* n, uint32_t x) {
  return n->left->evaluate(n->left, x) * (n->right->evaluate(n->right, x) | 1);
}
static uint32_t Choose(const struct Node* n, uint32_t x) {
  const struct Node* next = (x ^ n->value) & 1 ? n->left : n->right;
  return next->evaluate(next, x * 5 + 1);
}

static uint32_t (*const kInner[])(const struct Node*, uint32_t) = {Add, Xor, Multiply, Choose};

static uint64_t Run(uint32_t iterations) {
  uint32_t state = 7;
  for (int i = kNodes - 1; i >= 1; i--) {
    state = state * 1664525u + 1013904223u;
    nodes[i].value = state >> 8;
    if (2 * i + 1 < kNodes) {
      nodes[i].evaluate = kInner[state >> 30];
      nodes[i].left = &nodes[2 * i];
      nodes[i].right = &nodes[2 * i + 1];
    } else {
      nodes[i].evaluate = state >> 31 ? Constant : Variable;
    }
  }
  uint64_t sum = 0;
  for (uint32_t n = 0; n < iterations; n++) {
    for (int i = 1; i < 8; i++) sum = sum * 31 + nodes[i].evaluate(&nodes[i], n);
  }
  return sum;
}
