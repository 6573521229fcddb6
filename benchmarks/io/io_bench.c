// What guests in C do over files, with next to no computing of their own; compiled for the machine and for wasm.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A million calls that carry a byte each: what differs is the call.
static int write_bytes(int fd, long count) {
  for (long i = 0; i < count; ++i) {
    if (write(fd, "x", 1) != 1) return 1;
  }
  return 0;
}

// Lines and bytes, as `wc` counts them: in blocks, with memchr.
static int count_lines(const char* path) {
  static char block[256 << 10];
  unsigned long long lines = 0, bytes = 0;
  int fd = open(path, O_RDONLY);
  if (fd < 0) return 1;
  for (ssize_t size; (size = read(fd, block, sizeof(block))) > 0; bytes += (size_t)size) {
    const char* end = block + size;
    for (const char* at = block; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; ++at) ++lines;
  }
  printf("%llu lines, %llu bytes\n", lines, bytes);
  return 0;
}

// The lines that hold a word, as `grep -c` counts them: by stdio's lines.
static int grep(const char* word, const char* path) {
  char* line = NULL;
  size_t room = 0;
  unsigned long long found = 0;
  FILE* file = fopen(path, "r");
  if (file == NULL) return 1;
  while (getline(&line, &room, file) >= 0) found += strstr(line, word) != NULL;
  printf("%llu lines\n", found);
  return 0;
}

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "";
  if (strcmp(mode, "wc") == 0 && argc == 3) return count_lines(argv[2]);
  if (strcmp(mode, "grep") == 0 && argc == 4) return grep(argv[2], argv[3]);
  if (strcmp(mode, "onebyte") == 0 && argc == 3) return write_bytes(STDOUT_FILENO, atol(argv[2]));
  if (strcmp(mode, "onebyte") == 0 && argc == 4) {
    return write_bytes(open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0666), atol(argv[2]));
  }
  fputs("usage: io_bench wc FILE | grep WORD FILE | onebyte COUNT [FILE]\n", stderr);
  return 2;
}
