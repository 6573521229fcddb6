// WASI preview 1 as its bytes are, for guests that check it: nothing of a libc between them and the host, so that they
// can also ask for what no libc would.
#ifndef UMIAK_TESTS_GUESTS_C_ROWS_WASI_H_
#define UMIAK_TESTS_GUESTS_C_ROWS_WASI_H_

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t u32;
typedef uint64_t u64;

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) int32_t name
WASI(args_get)(u32 *argv, char *buffer);
WASI(args_sizes_get)(u32 *count, u32 *size);
WASI(environ_get)(u32 *environment, char *buffer);
WASI(environ_sizes_get)(u32 *count, u32 *size);
WASI(clock_res_get)(u32 id, u64 *time);
WASI(clock_time_get)(u32 id, u64 precision, u64 *time);
WASI(fd_advise)(u32 fd, u64 offset, u64 size, u32 advice);
WASI(fd_allocate)(u32 fd, u64 offset, u64 size);
WASI(fd_close)(u32 fd);
WASI(fd_datasync)(u32 fd);
WASI(fd_sync)(u32 fd);
WASI(fd_fdstat_get)(u32 fd, void *stat);
WASI(fd_fdstat_set_flags)(u32 fd, u32 flags);
WASI(fd_fdstat_set_rights)(u32 fd, u64 base, u64 inheriting);
WASI(fd_filestat_get)(u32 fd, void *stat);
WASI(fd_filestat_set_size)(u32 fd, u64 size);
WASI(fd_filestat_set_times)(u32 fd, u64 atim, u64 mtim, u32 flags);
WASI(fd_read)(u32 fd, const void *iovs, u32 count, u32 *size);
WASI(fd_write)(u32 fd, const void *iovs, u32 count, u32 *size);
WASI(fd_pread)(u32 fd, const void *iovs, u32 count, u64 offset, u32 *size);
WASI(fd_pwrite)(u32 fd, const void *iovs, u32 count, u64 offset, u32 *size);
WASI(fd_prestat_get)(u32 fd, void *prestat);
WASI(fd_prestat_dir_name)(u32 fd, char *buffer, u32 size);
WASI(fd_readdir)(u32 fd, void *buffer, u32 size, u64 cookie, u32 *used);
WASI(fd_renumber)(u32 from, u32 to);
WASI(fd_seek)(u32 fd, int64_t delta, u32 whence, u64 *position);
WASI(fd_tell)(u32 fd, u64 *position);
WASI(path_create_directory)(u32 fd, const char *path, u32 size);
WASI(path_filestat_get)(u32 fd, u32 lookup, const char *path, u32 size, void *stat);
WASI(path_filestat_set_times)(u32 fd, u32 lookup, const char *path, u32 size, u64 atim, u64 mtim, u32 flags);
WASI(path_link)(u32 fd, u32 lookup, const char *path, u32 size, u32 new_fd, const char *new_path, u32 new_size);
WASI(path_open)(u32 fd, u32 lookup, const char *path, u32 size, u32 oflags, u64 rights, u64 inheriting, u32 fdflags,
                u32 *opened);
WASI(path_readlink)(u32 fd, const char *path, u32 size, char *buffer, u32 room, u32 *used);
WASI(path_remove_directory)(u32 fd, const char *path, u32 size);
WASI(path_rename)(u32 fd, const char *path, u32 size, u32 new_fd, const char *new_path, u32 new_size);
WASI(path_symlink)(const char *text, u32 text_size, u32 fd, const char *path, u32 size);
WASI(path_unlink_file)(u32 fd, const char *path, u32 size);
WASI(poll_oneoff)(const void *in, void *out, u32 count, u32 *fired);
WASI(proc_raise)(u32 signal);
WASI(random_get)(void *buffer, u32 size);
WASI(sched_yield)(void);
WASI(sock_accept)(u32 fd, u32 flags, u32 *accepted);
WASI(sock_recv)(u32 fd, const void *iovs, u32 count, u32 flags, u32 *size, void *result_flags);
WASI(sock_send)(u32 fd, const void *iovs, u32 count, u32 flags, u32 *size);
WASI(sock_shutdown)(u32 fd, u32 how);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"), noreturn)) void proc_exit(u32 code);

enum {
  SUCCESS = 0, ACCES = 2, AGAIN = 6, BADF = 8, EXIST = 20, FBIG = 22, ILSEQ = 25, INVAL = 28, ISDIR = 31, LOOP = 32,
  NAMETOOLONG = 37, NOENT = 44, NOSPC = 51, NOTDIR = 54, NOTEMPTY = 55, NOTSOCK = 57, NOTSUP = 58, NXIO = 60,
  PERM = 63, SPIPE = 70, NOTCAPABLE = 76
};
enum { CREAT = 1, DIRECTORY = 2, EXCL = 4, TRUNC = 8 };                  // oflags
enum { APPEND = 1, DSYNC = 2, NONBLOCK = 4, RSYNC = 8, SYNC = 16 };      // fdflags
enum { ATIM = 1, ATIM_NOW = 2, MTIM = 4, MTIM_NOW = 8 };                 // fstflags
enum { CHARACTER_DEVICE = 2, DIRECTORY_TYPE = 3, REGULAR = 4, SYMLINK = 7 };
enum { FD_READ = 2, FD_SEEK = 4, FD_TELL = 32, FD_WRITE = 64 };          // rights
#define READ_WRITE ((u64)(FD_READ | FD_WRITE))
#define FOLLOW 1

struct iovec { const void *bytes; u32 size; };
struct fdstat { uint8_t type, _pad; uint16_t flags; u32 _pad2; u64 base, inheriting; };
struct filestat { u64 dev, ino; uint8_t type; u64 nlink, size, atim, mtim, ctim; };
struct prestat { uint8_t tag; u32 size; };
struct dirent { u64 next, ino; u32 size; uint8_t type; };
struct subscription { u64 userdata; uint8_t tag; _Alignas(8) u32 clock_or_fd; u64 timeout, precision; uint16_t flags; };
struct event { u64 userdata; uint16_t error; uint8_t type; u64 bytes; uint16_t flags; };
_Static_assert(sizeof(struct fdstat) == 24 && sizeof(struct filestat) == 64 && sizeof(struct dirent) == 24, "layouts");
_Static_assert(sizeof(struct subscription) == 48 && sizeof(struct event) == 32, "layouts");

// --- What a row says, and whether it held ---

static u32 length(const char *text) {
  u32 size = 0;
  while (text[size] != 0) ++size;
  return size;
}

static void say(const char *text) {
  struct iovec iov = {text, length(text)};
  u32 written;
  (void)fd_write(2, &iov, 1, &written);
}

static void say_number(u32 number) {
  char digits[12], *at = digits + sizeof digits - 1;
  *at = 0;
  do *--at = (char)('0' + number % 10); while ((number /= 10) != 0);
  say(at);
}

static const char *row = "";
static u32 failures;

static void end_row(void) {
  if (*row != 0 && failures == 0) {
    say(row);
    say("\n");
  }
}

// The rows that follow are about this.
static void begin(const char *name) {
  end_row();
  row = name;
}

static void fail(u32 line, int32_t got) {
  ++failures;
  say(row);
  say(": line ");
  say_number(line);
  say(": ");
  say_number((u32)got);
  say("\n");
}

static void check(u32 line, int32_t got, int32_t want, int32_t or_this) {
  if (got != want && got != or_this) fail(line, got);
}

// The call ends in this errno; in one of two.
#define IS(call, want) check(__LINE__, call, want, want)
#define ONE(call, want, or_this) check(__LINE__, call, want, or_this)
#define OK(call) IS(call, SUCCESS)
#define HOLDS(condition) check(__LINE__, (condition) ? 0 : -1, 0, 0)

static void finish(void) {
  end_row();
  proc_exit(failures == 0 ? 0 : 1);
}

// --- Calls, shorter ---

#define P(path) path, sizeof(path) - 1
#define ROOT 3

static u32 open_at(u32 dir, const char *path, u32 oflags, u64 rights, u32 fdflags) {
  u32 fd = ~0u;
  int32_t error = path_open(dir, FOLLOW, path, length(path), oflags, rights, 0, fdflags, &fd);
  if (error != SUCCESS) fail(__LINE__, error);
  return fd;
}

static int32_t try_open(const char *path, u32 lookup, u32 oflags, u64 rights, u32 fdflags) {
  u32 fd;
  int32_t error = path_open(ROOT, lookup, path, length(path), oflags, rights, 0, fdflags, &fd);
  if (error == SUCCESS && fd_close(fd) != SUCCESS) return -1;
  return error;
}

static int32_t put(u32 fd, const char *text, u32 *written) {
  struct iovec iov = {text, length(text)};
  return fd_write(fd, &iov, 1, written);
}

static int32_t get(u32 fd, char *text, u32 room, u32 *size) {
  struct iovec iov = {text, room};
  return fd_read(fd, &iov, 1, size);
}

static void make(const char *path, const char *text) {
  u32 fd = open_at(ROOT, path, CREAT | TRUNC, READ_WRITE, 0), written;
  if (put(fd, text, &written) != SUCCESS || fd_close(fd) != SUCCESS) fail(__LINE__, -1);
}

static bool same(const char *a, const char *b, u32 size) {
  for (u32 i = 0; i < size; ++i) {
    if (a[i] != b[i]) return false;
  }
  return true;
}

static bool file_is(const char *path, const char *text) {
  char bytes[128];
  u32 fd = open_at(ROOT, path, 0, FD_READ, 0), size = 0;
  bool equal = get(fd, bytes, sizeof bytes, &size) == SUCCESS && size == length(text) && same(bytes, text, size);
  return fd_close(fd) == SUCCESS && equal;
}

static struct filestat stat_of(const char *path, u32 lookup) {
  struct filestat stat = {0};
  int32_t error = path_filestat_get(ROOT, lookup, path, length(path), &stat);
  if (error != SUCCESS) fail(__LINE__, error);
  return stat;
}

static struct fdstat fdstat_of(u32 fd) {
  struct fdstat stat = {0};
  int32_t error = fd_fdstat_get(fd, &stat);
  if (error != SUCCESS) fail(__LINE__, error);
  return stat;
}

#endif  // UMIAK_TESTS_GUESTS_C_ROWS_WASI_H_
