// Counts primes with THREADS threads, freestanding: atomics, a mutex of memory.atomic.wait and notify, wasi-threads.
// Exit code 0 if the count is right.
#include <stdint.h>

#ifndef THREADS
#define THREADS 4
#endif
#ifndef LIMIT
#define LIMIT 20000
#define PRIMES 2262
#endif

__attribute__((import_module("wasi"), import_name("thread-spawn"))) int32_t thread_spawn(void *argument);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"), noreturn)) void proc_exit(uint32_t);

struct thread {
  void *stack;  // first: see wasi_thread_start
  uint32_t first;
};

static struct thread threads[THREADS];
static _Alignas(16) char stacks[THREADS][16384];
static _Atomic uint32_t next = 2, done;
static _Atomic int32_t lock;
static uint32_t primes;

// A stack of its own for each thread: C begins behind that.
__asm__(
    "  .globaltype __stack_pointer, i32\n"
    "  .functype run_thread (i32) -> ()\n"
    "  .globl wasi_thread_start\n"
    "  .type wasi_thread_start,@function\n"
    "wasi_thread_start:\n"
    "  .functype wasi_thread_start (i32, i32) -> ()\n"
    "  local.get 1\n"
    "  i32.load 0\n"
    "  global.set __stack_pointer\n"
    "  local.get 1\n"
    "  call run_thread\n"
    "  end_function\n");

static void acquire(void) {
  while (__c11_atomic_exchange(&lock, 1, __ATOMIC_ACQUIRE) != 0) {
    __builtin_wasm_memory_atomic_wait32((int32_t *)&lock, 1, -1);
  }
}
static void release(void) {
  __c11_atomic_store(&lock, 0, __ATOMIC_RELEASE);
  __builtin_wasm_memory_atomic_notify((int32_t *)&lock, 1);
}

static int is_prime(uint32_t n) {
  for (uint32_t d = 2; d * d <= n; d++) {
    if (n % d == 0) return 0;
  }
  return 1;
}

void run_thread(struct thread *thread) {
  uint32_t n;
  (void)thread;
  while ((n = next++) < LIMIT) {
    if (!is_prime(n)) continue;
    acquire();
    primes++;
    release();
  }
  done++;
  __builtin_wasm_memory_atomic_notify((int32_t *)&done, 1);
}

void _start(void) {
  for (uint32_t i = 0; i < THREADS; i++) {
    threads[i].stack = stacks[i] + sizeof stacks[i];
    if (thread_spawn(&threads[i]) <= 0) proc_exit(2);
  }
  uint32_t now;
  while ((now = done) != THREADS) __builtin_wasm_memory_atomic_wait32((int32_t *)&done, (int32_t)now, -1);
  proc_exit(primes == PRIMES ? 0 : 1);
}
