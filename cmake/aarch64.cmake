# Cross toolchain: Debian's g++ for 64-bit ARM, tests under qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
# qemu pays host memory for address space that a program reserves: a thousand guarded memories would cost it 20 GiB.
set(CMAKE_CROSSCOMPILING_EMULATOR prlimit --as=68719476736 qemu-aarch64)
# libabsl-dev:arm64 brings the libc of that architecture, with its loader in the usual place: then nothing else is named,
# since the toolchain's own copy under /usr/aarch64-linux-gnu can be of another release, and a loader of one with the
# libc of the other leaves a program that starts threads in an endless loop.
if(NOT EXISTS /lib/ld-linux-aarch64.so.1)
  list(APPEND CMAKE_CROSSCOMPILING_EMULATOR -L /usr/aarch64-linux-gnu)
endif()
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
# abseil's package description of the other architecture, where Debian puts it.
set(absl_DIR /usr/lib/aarch64-linux-gnu/cmake/absl CACHE PATH "")
