// Writes the argument's number of bytes to standard output, each with a call of its own; compiled for the machine and
// for wasm, so that what differs is the call.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char** argv) {
  long count = argc > 1 ? atol(argv[1]) : 1000000;
  for (long i = 0; i < count; ++i) {
    if (write(1, "x", 1) != 1) return 1;
  }
  return 0;
}
