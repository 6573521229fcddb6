// wasm3 as a command: `wasm3 MODULE [ARGUMENT...]`. PyPI has the sources of the interpreter (pywasm3) but not its
// command line; this gives it the few functions of WASI that the workloads import.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "wasm3.h"

enum { kOk = 0, kBadDescriptor = 8, kPipe = 70 };

static int guest_argc;
static char** guest_argv;

m3ApiRawFunction(ArgsSizesGet) {
  m3ApiReturnType(uint32_t) m3ApiGetArgMem(uint32_t*, count) m3ApiGetArgMem(uint32_t*, bytes)
  uint32_t total = 0;
  for (int i = 0; i < guest_argc; i++) total += (uint32_t)strlen(guest_argv[i]) + 1;
  *count = (uint32_t)guest_argc;
  *bytes = total;
  m3ApiReturn(kOk)
}

m3ApiRawFunction(ArgsGet) {
  m3ApiReturnType(uint32_t) m3ApiGetArgMem(uint32_t*, pointers) m3ApiGetArgMem(char*, bytes)
  for (int i = 0; i < guest_argc; i++) {
    pointers[i] = m3ApiPtrToOffset(bytes);
    bytes = stpcpy(bytes, guest_argv[i]) + 1;
  }
  m3ApiReturn(kOk)
}

m3ApiRawFunction(EnvironSizesGet) {
  m3ApiReturnType(uint32_t) m3ApiGetArgMem(uint32_t*, count) m3ApiGetArgMem(uint32_t*, bytes)
  *count = *bytes = 0;
  m3ApiReturn(kOk)
}

m3ApiRawFunction(EnvironGet) { m3ApiReturnType(uint32_t) m3ApiReturn(kOk) }

m3ApiRawFunction(ClockTimeGet) {
  m3ApiReturnType(uint32_t) m3ApiGetArg(uint32_t, clock) m3ApiGetArg(uint64_t, precision)
  m3ApiGetArgMem(uint64_t*, result)
  (void)precision;
  struct timespec now;
  clock_gettime(clock == 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC, &now);
  *result = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  m3ApiReturn(kOk)
}

m3ApiRawFunction(RandomGet) {
  m3ApiReturnType(uint32_t) m3ApiGetArgMem(uint8_t*, bytes) m3ApiGetArg(uint32_t, count)
  memset(bytes, 0x5a, count);  // no result of a workload depends on it
  m3ApiReturn(kOk)
}

m3ApiRawFunction(FdWrite) {
  m3ApiReturnType(uint32_t) m3ApiGetArg(int32_t, fd) m3ApiGetArgMem(uint32_t*, vectors) m3ApiGetArg(uint32_t, count)
  m3ApiGetArgMem(uint32_t*, written)
  if (fd != 1 && fd != 2) m3ApiReturn(kBadDescriptor)
  uint32_t total = 0;
  for (uint32_t i = 0; i < count; i++) {
    ssize_t n = write(fd, m3ApiOffsetToPtr(vectors[2 * i]), vectors[2 * i + 1]);
    if (n < 0) m3ApiReturn(kPipe)
    total += (uint32_t)n;
  }
  *written = total;
  m3ApiReturn(kOk)
}

// Type: a character device, with all rights: what a terminal says.
m3ApiRawFunction(FdFdstatGet) {
  m3ApiReturnType(uint32_t) m3ApiGetArg(uint32_t, fd) m3ApiGetArgMem(uint8_t*, status)
  if (fd > 2) m3ApiReturn(kBadDescriptor)
  memset(status, 0, 8);
  memset(status + 8, 0xff, 16);
  status[0] = 2;
  m3ApiReturn(kOk)
}

m3ApiRawFunction(BadDescriptor) { m3ApiReturnType(uint32_t) m3ApiReturn(kBadDescriptor) }
m3ApiRawFunction(Ok) { m3ApiReturnType(uint32_t) m3ApiReturn(kOk) }

m3ApiRawFunction(ProcExit) {
  m3ApiGetArg(int32_t, code)
  fflush(stdout);
  _exit(code);
}

static const struct {
  const char *name, *signature;
  M3RawCall function;
} kFunctions[] = {
    {"args_sizes_get", "i(**)", ArgsSizesGet},
    {"args_get", "i(**)", ArgsGet},
    {"environ_sizes_get", "i(**)", EnvironSizesGet},
    {"environ_get", "i(**)", EnvironGet},
    {"clock_time_get", "i(iI*)", ClockTimeGet},
    {"random_get", "i(*i)", RandomGet},
    {"fd_write", "i(i*i*)", FdWrite},
    {"fd_fdstat_get", "i(i*)", FdFdstatGet},
    {"fd_prestat_get", "i(i*)", BadDescriptor},
    {"fd_prestat_dir_name", "i(i*i)", BadDescriptor},
    {"fd_read", "i(i*i*)", BadDescriptor},
    {"fd_seek", "i(iIi*)", BadDescriptor},
    {"fd_close", "i(i)", Ok},
    {"sched_yield", "i()", Ok},
    {"proc_exit", "v(i)", ProcExit},
};

static void Check(M3Result result, IM3Runtime runtime) {
  if (result == m3Err_none) return;
  M3ErrorInfo info = {0};
  if (runtime != NULL) m3_GetErrorInfo(runtime, &info);
  fprintf(stderr, "wasm3: %s%s%s\n", result, info.message != NULL ? ": " : "", info.message != NULL ? info.message : "");
  exit(1);
}

static uint8_t* ReadFile(const char* name, uint32_t* size) {
  FILE* file = fopen(name, "rb");
  if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
    fprintf(stderr, "wasm3: %s: %s\n", name, strerror(errno));
    exit(1);
  }
  *size = (uint32_t)ftell(file);
  rewind(file);
  uint8_t* bytes = malloc(*size);
  if (fread(bytes, 1, *size, file) != *size) exit(1);
  fclose(file);
  return bytes;
}

int main(int argc, char** argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    puts(M3_VERSION);
    return 0;
  }
  if (argc < 2) return 2;
  guest_argc = argc - 1;
  guest_argv = argv + 1;
  uint32_t size;
  uint8_t* bytes = ReadFile(argv[1], &size);
  IM3Environment environment = m3_NewEnvironment();
  IM3Runtime runtime = m3_NewRuntime(environment, 8 << 20, NULL);
  IM3Module module;
  Check(m3_ParseModule(environment, &module, bytes, size), NULL);
  Check(m3_LoadModule(runtime, module), runtime);
  for (size_t i = 0; i < sizeof(kFunctions) / sizeof(*kFunctions); i++) {
    M3Result result = m3_LinkRawFunction(module, "wasi_snapshot_preview1", kFunctions[i].name,
                                         kFunctions[i].signature, kFunctions[i].function);
    if (result != m3Err_functionLookupFailed) Check(result, runtime);  // that the module does not import it
  }
  IM3Function start;
  Check(m3_FindFunction(&start, runtime, "_start"), runtime);
  Check(m3_CallArgv(start, 0, NULL), runtime);
  return 0;
}
