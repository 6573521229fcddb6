// What every kernel shares: a WASI command without a C library. `KERNEL [ITERATIONS]` runs Run(ITERATIONS) and prints
// its checksum in hexadecimal, so that any runtime with four functions of preview 1 can run it.
#ifndef UMIAK_BENCHMARKS_KERNEL_H_
#define UMIAK_BENCHMARKS_KERNEL_H_

#include <stddef.h>
#include <stdint.h>

#ifndef DEFAULT_ITERATIONS
#define DEFAULT_ITERATIONS 1  // another number where they are counted by an interpreter without arguments
#endif

// The kernel's work, so often; the result depends on all of it. Each iteration does the same work.
static uint64_t Run(uint32_t iterations);

#define IMPORT(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

struct IoVector {
  const char* data;
  uint32_t length;
};

IMPORT(args_sizes_get) int wasi_args_sizes_get(uint32_t* count, uint32_t* bytes);
IMPORT(args_get) int wasi_args_get(char** arguments, char* bytes);
IMPORT(fd_write) int wasi_fd_write(int fd, const struct IoVector* vectors, uint32_t count, uint32_t* written);
IMPORT(proc_exit) _Noreturn void wasi_proc_exit(int code);

static char argument_bytes[4096];
static char* arguments[16];

static uint32_t ReadIterations(void) {
  uint32_t count = 0, bytes = 0;
  if (wasi_args_sizes_get(&count, &bytes) != 0 || count > 16 || bytes > sizeof(argument_bytes)) wasi_proc_exit(2);
  if (count < 2) return DEFAULT_ITERATIONS;
  if (wasi_args_get(arguments, argument_bytes) != 0) wasi_proc_exit(2);
  uint32_t value = 0;
  for (const char* p = arguments[1]; *p >= '0' && *p <= '9'; p++) value = value * 10 + (uint32_t)(*p - '0');
  return value;
}

__attribute__((export_name("_start"))) void start(void) {
  uint64_t checksum = Run(ReadIterations());
  char text[17];
  for (int i = 0; i < 16; i++) text[i] = "0123456789abcdef"[checksum >> (60 - 4 * i) & 15];
  text[16] = '\n';
  struct IoVector vector = {text, sizeof(text)};
  uint32_t written;
  if (wasi_fd_write(1, &vector, 1, &written) != 0) wasi_proc_exit(1);
}

// The bits of a double, as a checksum.
static inline uint64_t Bits(double value) {
  uint64_t bits;
  __builtin_memcpy(&bits, &value, sizeof(bits));
  return bits;
}

#endif  // UMIAK_BENCHMARKS_KERNEL_H_
