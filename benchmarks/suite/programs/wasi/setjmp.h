// WASI's C library has no setjmp. Lua includes this header; what it would do with it is defined away (workloads.py).
