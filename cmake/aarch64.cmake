# Cross toolchain: Debian's g++ for 64-bit ARM, tests under qemu-user.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64;-L;/usr/aarch64-linux-gnu)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
# abseil's package description of the other architecture, where Debian puts it.
set(absl_DIR /usr/lib/aarch64-linux-gnu/cmake/absl CACHE PATH "")
