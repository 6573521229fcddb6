// WASI's C library has no setjmp: programs here do not fail, so nothing jumps.
#include <stdlib.h>
typedef int jmp_buf[1];
#define setjmp(buffer) 0
#define _setjmp(buffer) 0
#define longjmp(buffer, value) abort()
#define _longjmp(buffer, value) abort()
