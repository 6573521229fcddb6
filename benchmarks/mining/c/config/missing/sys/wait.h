// WASI's C library has no processes.
