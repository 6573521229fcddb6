// Dispatch through br_table: a small register machine that sieves the primes below 1000, a guest that interprets.
#include "kernel.h"

enum Operation {
  kHalt, kSet, kMove, kAdd, kAddConstant, kSubtract, kMultiply, kAnd, kXor, kShiftRight, kLoad, kStore,
  kJump, kJumpIfLess, kJumpIfEqual, kJumpIfNotZero,
};

struct Instruction {
  uint8_t operation, a, b, c;
  int32_t constant;
};

enum { kLimit = 1000 };
static uint8_t memory[kLimit];

// r0 = i, r1 = j, r2 = limit, r3 = flag, r4 = one, r5 = count, r6 = hash, r7 = i * i
static const struct Instruction program[] = {
    /*  0 */ {kSet, 2, 0, 0, kLimit},
    /*  1 */ {kSet, 4, 0, 0, 1},
    /*  2 */ {kSet, 0, 0, 0, 0},
    /*  3 */ {kStore, 4, 0, 0, 0},           // clear: memory[i] = 1
    /*  4 */ {kAddConstant, 0, 0, 0, 1},
    /*  5 */ {kJumpIfLess, 0, 2, 0, 3},
    /*  6 */ {kSet, 0, 0, 0, 2},
    /*  7 */ {kLoad, 3, 0, 0, 0},            // outer: flag = memory[i]
    /*  8 */ {kJumpIfNotZero, 3, 0, 0, 10},
    /*  9 */ {kJump, 0, 0, 0, 20},
    /* 10 */ {kAddConstant, 5, 5, 0, 1},     // a prime: count, hash
    /* 11 */ {kXor, 6, 6, 0, 0},
    /* 12 */ {kShiftRight, 3, 6, 0, 3},
    /* 13 */ {kAdd, 6, 6, 3, 0},
    /* 14 */ {kMultiply, 7, 0, 0, 0},
    /* 15 */ {kMove, 1, 7, 0, 0},
    /* 16 */ {kJumpIfLess, 2, 1, 0, 20},
    /* 17 */ {kJumpIfEqual, 1, 2, 0, 20},
    /* 18 */ {kJump, 0, 0, 0, 23},
    /* 19 */ {kHalt, 0, 0, 0, 0},
    /* 20 */ {kAddConstant, 0, 0, 0, 1},     // next
    /* 21 */ {kJumpIfLess, 0, 2, 0, 7},
    /* 22 */ {kHalt, 0, 0, 0, 0},
    /* 23 */ {kSubtract, 3, 4, 4, 0},        // cross out: memory[j] = 0; j += i
    /* 24 */ {kStore, 3, 1, 0, 0},
    /* 25 */ {kAdd, 1, 1, 0, 0},
    /* 26 */ {kAnd, 3, 1, 4, 0},
    /* 27 */ {kJumpIfLess, 1, 2, 0, 23},
    /* 28 */ {kJump, 0, 0, 0, 20},
};

__attribute__((noinline)) static uint32_t Interpret(const struct Instruction* code, uint32_t* r) {
  uint32_t pc = 0;
  for (;;) {
    const struct Instruction* i = &code[pc++];
    switch (i->operation) {
      case kHalt: return r[6] ^ r[5];
      case kSet: r[i->a] = (uint32_t)i->constant; break;
      case kMove: r[i->a] = r[i->b]; break;
      case kAdd: r[i->a] = r[i->b] + r[i->c]; break;
      case kAddConstant: r[i->a] = r[i->b] + (uint32_t)i->constant; break;
      case kSubtract: r[i->a] = r[i->b] - r[i->c]; break;
      case kMultiply: r[i->a] = r[i->b] * r[i->c]; break;
      case kAnd: r[i->a] = r[i->b] & r[i->c]; break;
      case kXor: r[i->a] = r[i->b] ^ r[i->c]; break;
      case kShiftRight: r[i->a] = r[i->b] >> i->constant; break;
      case kLoad: r[i->a] = memory[r[i->b]]; break;
      case kStore: memory[r[i->b]] = (uint8_t)r[i->a]; break;
      case kJump: pc = (uint32_t)i->constant; break;
      case kJumpIfLess: if (r[i->a] < r[i->b]) pc = (uint32_t)i->constant; break;
      case kJumpIfEqual: if (r[i->a] == r[i->b]) pc = (uint32_t)i->constant; break;
      case kJumpIfNotZero: if (r[i->a] != 0) pc = (uint32_t)i->constant; break;
      default: __builtin_unreachable();
    }
  }
}

static uint32_t registers[256];

static uint64_t Run(uint32_t iterations) {
  uint64_t checksum = 0;
  for (uint32_t i = 0; i < iterations; i++) {
    registers[5] = 0;
    checksum = checksum * 31 + Interpret(program, registers);
  }
  return checksum;
}
