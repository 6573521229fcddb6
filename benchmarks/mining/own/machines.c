// Interpreters as people write them: a stack machine by switch and by table of functions, a register machine, an 8-bit
// processor, Brainfuck, Forth words, a walker of trees.
#include "mining.h"

enum { PUSH, ADD, SUB, MUL, LOAD, STORE, JUMP, JUMP_IF, LESS, DUP, DROP, CALL, RETURN, HALT };

static long Switch(const int* code, int entry) {
  long stack[64], locals[16] = {0};
  int sp = 0, pc = entry, returns[32], depth = 0;
  for (;;) {
    switch (code[pc++]) {
      case PUSH: stack[sp++] = code[pc++]; break;
      case ADD: sp--; stack[sp - 1] += stack[sp]; break;
      case SUB: sp--; stack[sp - 1] -= stack[sp]; break;
      case MUL: sp--; stack[sp - 1] *= stack[sp]; break;
      case LOAD: stack[sp++] = locals[code[pc++]]; break;
      case STORE: locals[code[pc++]] = stack[--sp]; break;
      case JUMP: pc = code[pc]; break;
      case JUMP_IF: if (stack[--sp]) pc = code[pc]; else pc++; break;
      case LESS: sp--; stack[sp - 1] = stack[sp - 1] < stack[sp]; break;
      case DUP: stack[sp] = stack[sp - 1]; sp++; break;
      case DROP: sp--; break;
      case CALL: returns[depth++] = pc + 1; pc = code[pc]; break;
      case RETURN: pc = returns[--depth]; break;
      case HALT: return stack[sp - 1];
      default: abort();
    }
  }
}

typedef struct Machine Machine;
typedef void (*Step)(Machine*);
struct Machine {
  const int* pc;
  const int* code;
  int64_t* sp;
  int64_t locals[16], stack[64];
  const int* returns[32];
  int depth, running;
};

static void DoPush(Machine* m) { *m->sp++ = *m->pc++; }
static void DoAdd(Machine* m) { m->sp--; m->sp[-1] += *m->sp; }
static void DoSub(Machine* m) { m->sp--; m->sp[-1] -= *m->sp; }
static void DoMul(Machine* m) { m->sp--; m->sp[-1] *= *m->sp; }
static void DoLoad(Machine* m) { *m->sp++ = m->locals[*m->pc++]; }
static void DoStore(Machine* m) { m->locals[*m->pc++] = *--m->sp; }
static void DoJump(Machine* m) { m->pc = m->code + *m->pc; }
static void DoJumpIf(Machine* m) { m->pc = *--m->sp ? m->code + *m->pc : m->pc + 1; }
static void DoLess(Machine* m) { m->sp--; m->sp[-1] = m->sp[-1] < *m->sp; }
static void DoDup(Machine* m) { m->sp[0] = m->sp[-1]; m->sp++; }
static void DoDrop(Machine* m) { m->sp--; }
static void DoCall(Machine* m) { m->returns[m->depth++] = m->pc + 1; m->pc = m->code + *m->pc; }
static void DoReturn(Machine* m) { m->pc = m->returns[--m->depth]; }
static void DoHalt(Machine* m) { m->running = 0; }

static const Step kSteps[] = {DoPush, DoAdd, DoSub, DoMul, DoLoad, DoStore, DoJump, DoJumpIf, DoLess, DoDup, DoDrop,
                              DoCall, DoReturn, DoHalt};

static long Table(const int* code, int entry) {
  static Machine m;
  m.pc = code + entry, m.code = code, m.sp = m.stack, m.depth = 0, m.running = 1;
  while (m.running) kSteps[*m.pc++](&m);
  return (long)m.sp[-1];
}

// Registers: operation, destination and two sources in the bytes of a word.
static uint32_t Registers(const uint32_t* code, uint32_t n) {
  uint32_t r[256] = {n};
  for (uint32_t pc = 0;;) {
    uint32_t word = code[pc++], a = word >> 8 & 255, b = word >> 16 & 255, c = word >> 24;
    switch (word & 255) {
      case 0: r[a] = r[b] + r[c]; break;
      case 1: r[a] = r[b] - r[c]; break;
      case 2: r[a] = r[b] * r[c]; break;
      case 3: r[a] = r[b] ^ (r[c] >> 7); break;
      case 4: r[a] = b << 8 | c; break;
      case 5: if (r[a] != 0) pc += (int8_t)b; break;
      case 6: if (r[a] < r[b]) pc += (int8_t)c; break;
      case 7: r[a] = r[b] & r[c]; break;
      default: return r[a];
    }
  }
}

// A processor like the 6502: accumulator, index, flags, 64 KiB.
typedef struct { uint8_t a, x, y, flags, sp; uint16_t pc; uint8_t memory[65536]; } Cpu;

static void Flags(Cpu* c, uint8_t v) { c->flags = (c->flags & 0x7d) | (v & 0x80) | (v == 0) << 1; }
static uint8_t Fetch(Cpu* c) { return c->memory[c->pc++]; }
static uint16_t Fetch16(Cpu* c) { uint16_t low = Fetch(c); return low | Fetch(c) << 8; }

static int Processor(Cpu* c) {
  int cycles = 0;
  for (;; cycles++) {
    uint8_t op = Fetch(c);
    switch (op) {
      case 0xa9: c->a = Fetch(c); Flags(c, c->a); break;
      case 0xa2: c->x = Fetch(c); Flags(c, c->x); break;
      case 0xa0: c->y = Fetch(c); Flags(c, c->y); break;
      case 0xbd: c->a = c->memory[(uint16_t)(Fetch16(c) + c->x)]; Flags(c, c->a); break;
      case 0x9d: c->memory[(uint16_t)(Fetch16(c) + c->x)] = c->a; break;
      case 0x69: {
        uint8_t v = Fetch(c);
        unsigned sum = c->a + v + (c->flags & 1);
        c->flags = (c->flags & 0xbe) | (sum > 255) | ((~(c->a ^ v) & (c->a ^ sum) & 0x80) >> 1);
        c->a = sum;
        Flags(c, c->a);
        break;
      }
      case 0x49: c->a ^= Fetch(c); Flags(c, c->a); break;
      case 0x0a: c->flags = (c->flags & 0xfe) | c->a >> 7; c->a <<= 1; Flags(c, c->a); break;
      case 0xe8: c->x++; Flags(c, c->x); break;
      case 0x88: c->y--; Flags(c, c->y); break;
      case 0xd0: { int8_t by = Fetch(c); if (!(c->flags & 2)) c->pc += by; break; }
      case 0x48: c->memory[0x100 | c->sp--] = c->a; break;
      case 0x68: c->a = c->memory[0x100 | ++c->sp]; Flags(c, c->a); break;
      case 0x00: return cycles;
      default: abort();
    }
  }
}

static int Brainfuck(const char* program, char* out) {
  static unsigned char tape[300];
  int jumps[256], stack[32], depth = 0, written = 0, at = 0;
  for (int i = 0; program[i]; i++) {
    if (program[i] == '[') stack[depth++] = i;
    if (program[i] == ']') jumps[i] = stack[--depth], jumps[jumps[i]] = i;
  }
  memset(tape, 0, sizeof(tape));
  for (const char* p = program; *p; p++) {
    switch (*p) {
      case '>': at++; break;
      case '<': at--; break;
      case '+': tape[at]++; break;
      case '-': tape[at]--; break;
      case '.': out[written++] = tape[at]; break;
      case '[': if (!tape[at]) p = program + jumps[p - program]; break;
      case ']': if (tape[at]) p = program + jumps[p - program]; break;
    }
  }
  return written;
}

typedef struct Node { int kind; double value; struct Node *left, *right; } Node;

static Node* Tree(int depth) {
  Node* node = malloc(sizeof(Node));
  node->kind = depth == 0 ? Number() % 2 : 2 + Number() % 5;
  node->value = Number() % 10;
  node->left = depth ? Tree(depth - 1) : NULL, node->right = depth ? Tree(depth - 1) : NULL;
  return node;
}

static double Evaluate(const Node* n, double x) {
  switch (n->kind) {
    case 0: return n->value;
    case 1: return x;
    case 2: return Evaluate(n->left, x) + Evaluate(n->right, x);
    case 3: return Evaluate(n->left, x) - Evaluate(n->right, x);
    case 4: return Evaluate(n->left, x) * Evaluate(n->right, x) * 0.125;
    case 5: { double d = Evaluate(n->right, x); return d == 0 ? 0 : Evaluate(n->left, x) / d; }
    default: return Evaluate(n->left, x) > 0 ? -Evaluate(n->left, x) : Evaluate(n->right, x);
  }
}

static void Free(Node* n) {
  if (n == NULL) return;
  Free(n->left), Free(n->right), free(n);
}

static double Once(void) {
  enum { kAgain = 8, kEnd = 32, kFunction = 35 };
  static const int code[] = {PUSH, 0, STORE, 0, PUSH, 0, STORE, 1,                                    // i = 0, s = 0
                             LOAD, 0, CALL, kFunction, LOAD, 1, ADD, STORE, 1,                        // again: s += f(i)
                             LOAD, 0, PUSH, 1, ADD, DUP, STORE, 0, PUSH, 3000, LESS, JUMP_IF, kAgain, // ++i < 3000
                             JUMP, kEnd, LOAD, 1, HALT,
                             DUP, MUL, PUSH, 3, ADD, PUSH, 7, SUB, RETURN};
  double sum = (double)Switch(code, 0) + (double)Table(code, 0);
  static const uint32_t registers[] = {4 | 1 << 8 | 1 << 24, 4 | 3 << 8 | 77 << 24, 2 | 2 << 8 | 0 << 16 | 3 << 24,
                                       0 | 4 << 8 | 4 << 16 | 2 << 24, 3 | 3 << 8 | 3 << 16 | 4u << 24,
                                       7 | 5 << 8 | 3 << 16 | 4u << 24, 1 | 0 << 8 | 0 << 16 | 1 << 24,
                                       5 | 0 << 8 | (uint32_t)(uint8_t)-6 << 16, 8 | 4 << 8};
  sum += Registers(registers, 5000);
  static Cpu cpu;
  static const uint8_t program[] = {0xa0, 60, 0xa2, 0, 0xbd, 0, 0x20, 0x69, 7, 0x49, 0x5a, 0x0a, 0x48, 0x68, 0x9d, 0, 0x20,
                                    0xe8, 0xd0, 0xf0, 0x88, 0xd0, 0xeb, 0};
  memcpy(cpu.memory + 0x400, program, sizeof(program));
  cpu.pc = 0x400, cpu.sp = 255;
  sum += Processor(&cpu) + cpu.memory[0x2011];
  char out[64];
  int written = Brainfuck("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------."
                          ">>+.>++.<<<<[-]>[-]>[-]>[-]+++++++[>+++++++[>++++++++[>+>+<<-]<-]<-]>>>>[-<+>]", out);
  Node* tree = Tree(9);
  for (int i = 0; i < 40; i++) sum += Evaluate(tree, i * 0.25) * 1e-3;
  Free(tree);
  return sum + written + out[3];
}

int main(int argc, char** argv) { return Iterate(argc, argv, Once); }
