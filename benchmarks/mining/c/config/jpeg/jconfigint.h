// What configuring mozjpeg would write.
#define BUILD ""
#define INLINE inline __attribute__((always_inline))
#define HIDDEN
#define THREAD_LOCAL
#define SIZEOF_SIZE_T 4
#define HAVE_BUILTIN_CTZL 1
#define FALLTHROUGH
#define PACKAGE_NAME "mozjpeg"
#define VERSION "4"
