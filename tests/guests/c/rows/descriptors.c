// fd_*: files, directories and the table of descriptors. Wants an empty, writable directory as its first grant, "/", and
// a second grant under the name "second".
#include "wasi.h"

static char block[65536];

static void grants(void) {
  begin("fd_prestat_get, fd_prestat_dir_name");
  struct prestat prestat;
  char name[16] = "????????";
  OK(fd_prestat_get(ROOT, &prestat));
  HOLDS(prestat.tag == 0 && prestat.size == 1);
  OK(fd_prestat_get(4, &prestat));
  HOLDS(prestat.tag == 0 && prestat.size == 6);
  ONE(fd_prestat_dir_name(4, name, 5), NAMETOOLONG, INVAL);
  HOLDS(name[0] == '?');
  OK(fd_prestat_dir_name(4, name, sizeof name));
  HOLDS(same(name, "second??", 8));  // no NUL is written
  IS(fd_prestat_get(5, &prestat), BADF);
  IS(fd_prestat_dir_name(5, name, sizeof name), BADF);
}

static void fdstat(void) {
  begin("fd_fdstat_get");
  struct fdstat root = fdstat_of(ROOT);
  HOLDS(root.type == DIRECTORY_TYPE && root.flags == 0);
  // The 16 rights of a directory and the 27 that its files may have; none that a directory cannot do.
  const u64 base = 1ull << 9 | 1ull << 10 | 1ull << 11 | 1ull << 12 | 1ull << 13 | 1ull << 14 | 1ull << 15 | 1ull << 16 |
                   1ull << 17 | 1ull << 18 | 1ull << 20 | 1ull << 21 | 1ull << 23 | 1ull << 24 | 1ull << 25 | 1ull << 26;
  const u64 files = 1 | 1ull << 1 | 1ull << 2 | 1ull << 3 | 1ull << 4 | 1ull << 5 | 1ull << 6 | 1ull << 7 | 1ull << 8 |
                    1ull << 22 | 1ull << 27;
  HOLDS(root.base == base);
  HOLDS((root.inheriting & (base | files)) == (base | files));
  make("f", "text");
  u32 reader = open_at(ROOT, "f", 0, FD_READ, 0), writer = open_at(ROOT, "f", 0, FD_WRITE, 0);
  HOLDS(reader > 2 && writer > 2 && reader != writer);
  HOLDS((fdstat_of(reader).base & READ_WRITE) == FD_READ);
  HOLDS((fdstat_of(writer).base & READ_WRITE) == FD_WRITE);
  HOLDS(fdstat_of(reader).type == REGULAR);
  u32 size, dir = open_at(ROOT, ".", DIRECTORY, 0, 0);
  char text[8];
  HOLDS((fdstat_of(dir).base & (FD_SEEK | 1ull << 22)) == 0);
  IS(put(reader, "x", &size), BADF);
  IS(get(writer, text, 8, &size), BADF);
  begin("fd_fdstat_set_rights");
  IS(fd_fdstat_set_rights(reader, 0, 0), NOTSUP);
  IS(fd_fdstat_set_rights(77, 0, 0), BADF);
  OK(fd_close(reader));
  OK(fd_close(writer));
  OK(fd_close(dir));
}

static void append(void) {
  begin("fd_fdstat_set_flags");
  make("f", "12345");
  u32 fd = open_at(ROOT, "f", 0, READ_WRITE, APPEND), size;
  u64 position = 0;
  HOLDS(fdstat_of(fd).flags == APPEND);
  OK(fd_seek(fd, 0, 0, &position));
  OK(put(fd, "67", &size));
  OK(fd_tell(fd, &position));
  HOLDS(position == 7 && file_is("f", "1234567"));
  OK(fd_fdstat_set_flags(fd, 0));
  OK(fd_seek(fd, 0, 0, &position));
  OK(put(fd, "AB", &size));
  HOLDS(file_is("f", "AB34567"));
  OK(fd_fdstat_set_flags(fd, APPEND | NONBLOCK));
  HOLDS(fdstat_of(fd).flags == (APPEND | NONBLOCK));
  OK(put(fd, "C", &size));
  HOLDS(file_is("f", "AB34567C"));
  IS(fd_fdstat_set_flags(fd, SYNC), INVAL);
  IS(fd_fdstat_set_flags(fd, DSYNC), INVAL);
  IS(fd_fdstat_set_flags(fd, RSYNC), INVAL);
  IS(fd_fdstat_set_flags(fd, 32), INVAL);
  begin("fd_pwrite to a file that appends");
  struct iovec iov = {"D", 1};
  OK(fd_seek(fd, 3, 0, &position));
  OK(fd_pwrite(fd, &iov, 1, 0, &size));
  OK(fd_tell(fd, &position));
  HOLDS(position == 3 && size == 1);
  HOLDS(file_is("f", "AB34567CD") || file_is("f", "DB34567C"));  // Linux, POSIX
  OK(fd_close(fd));
  begin("files opened to be synchronous");
  const u32 flags[] = {SYNC, DSYNC, RSYNC};
  for (u32 i = 0; i < 3; ++i) {
    u32 opened;
    int32_t error = path_open(ROOT, 0, P("f"), 0, READ_WRITE, 0, flags[i], &opened);
    ONE(error, SUCCESS, NOTSUP);
    if (error != SUCCESS) continue;
    HOLDS((fdstat_of(opened).flags & flags[i]) != 0);
    OK(fd_close(opened));
  }
}

static void sizes(void) {
  begin("fd_filestat_set_size, fd_allocate, fd_advise");
  make("f", "12345");
  u32 fd = open_at(ROOT, "f", 0, READ_WRITE, 0);
  OK(fd_filestat_set_size(fd, 2));
  HOLDS(file_is("f", "12"));
  OK(fd_filestat_set_size(fd, 4));
  HOLDS(stat_of("f", 0).size == 4);
  IS(fd_filestat_set_size(fd, 1ull << 63), INVAL);
  int32_t error = fd_allocate(fd, 3, 7);
  ONE(error, SUCCESS, NOTSUP);
  if (error == SUCCESS) {
    HOLDS(stat_of("f", 0).size == 10);
    OK(fd_allocate(fd, 0, 3));  // smaller leaves all as it is
    HOLDS(stat_of("f", 0).size == 10);
  }
  ONE(fd_allocate(fd, ~0ull, 9), FBIG, INVAL);
  ONE(fd_allocate(fd, 9, ~0ull), FBIG, INVAL);
  const u64 size = stat_of("f", 0).size;
  for (u32 advice = 0; advice < 6; ++advice) OK(fd_advise(fd, 0, 100, advice));
  HOLDS(stat_of("f", 0).size == size);
  IS(fd_advise(fd, 0, 0, 6), INVAL);
  IS(fd_advise(ROOT, 0, 0, 0), BADF);
  begin("fd_sync, fd_datasync");
  OK(fd_sync(fd));
  OK(fd_datasync(fd));
  IS(fd_sync(77), BADF);
  begin("fd_filestat_set_times");
  struct filestat before = stat_of("f", 0), after;
  IS(fd_filestat_set_times(fd, 5, 6, ATIM | ATIM_NOW), INVAL);
  IS(fd_filestat_set_times(fd, 5, 6, MTIM | MTIM_NOW | ATIM), INVAL);
  IS(fd_filestat_set_times(fd, 5, 6, 16), INVAL);
  after = stat_of("f", 0);
  HOLDS(after.atim == before.atim && after.mtim == before.mtim);
  OK(fd_filestat_set_times(fd, 5, 6, MTIM));
  after = stat_of("f", 0);
  HOLDS(after.atim == before.atim && after.mtim == 6);
  OK(fd_close(fd));
}

static void bytes(void) {
  begin("fd_read, fd_write, fd_pread, fd_pwrite");
  u32 a = open_at(ROOT, "g", CREAT | TRUNC, READ_WRITE, 0), b = open_at(ROOT, "g", 0, READ_WRITE, 0), size = 0;
  char text[8];
  OK(put(a, "hello", &size));
  HOLDS(size == 5);
  OK(get(b, text, 8, &size));  // at once, by another descriptor
  HOLDS(size == 5 && same(text, "hello", 5));
  OK(get(b, text, 8, &size));
  HOLDS(size == 0);
  struct iovec several[] = {{text, 0}, {text + 4, 2}, {text, 2}};
  OK(fd_pread(b, several, 3, 1, &size));
  HOLDS(size == 4 ? same(text + 4, "el", 2) && same(text, "lo", 2) : size == 2);
  IS(fd_pread(b, several, 3, ~0ull, &size), INVAL);
  struct iovec whole = {block, sizeof block};
  OK(fd_write(a, &whole, 1, &size));
  HOLDS(size == sizeof block);
  begin("fd_seek, fd_tell");
  u64 position = 0;
  OK(fd_seek(a, 100, 2, &position));
  HOLDS(position == 5 + sizeof block + 100);
  OK(fd_seek(a, 3, 0, &position));
  OK(fd_seek(a, -1, 1, &position));
  IS(fd_seek(a, -9, 1, &position), INVAL);
  IS(fd_seek(a, -1, 0, &position), INVAL);
  IS(fd_seek(a, 0, 3, &position), INVAL);
  OK(fd_tell(a, &position));
  HOLDS(position == 2);
  begin("directories have no bytes");
  u32 dir = open_at(ROOT, ".", DIRECTORY, FD_READ, 0);
  struct iovec iov = {text, 1};
  ONE(fd_read(dir, &iov, 1, &size), ISDIR, BADF);
  ONE(fd_write(dir, &iov, 1, &size), ISDIR, BADF);
  ONE(fd_pread(dir, &iov, 1, 0, &size), ISDIR, BADF);
  ONE(fd_pwrite(dir, &iov, 1, 0, &size), ISDIR, BADF);
  ONE(fd_seek(dir, 0, 0, &position), ISDIR, BADF);
  ONE(fd_tell(dir, &position), ISDIR, BADF);
  ONE(fd_allocate(dir, 0, 1), ISDIR, BADF);
  ONE(fd_filestat_set_size(dir, 0), ISDIR, BADF);
  OK(fd_close(a));
  OK(fd_close(b));
  OK(fd_close(dir));
}

// The entries of a directory, read through a buffer of `room` bytes; from the cookie of the entry before `from` on.
static u32 list(u32 dir, u32 room, u64 cookie, u64 *cookies, u64 *inodes) {
  u32 entries = 0, used = room;
  while (used == room) {
    int32_t error = fd_readdir(dir, block, room, cookie, &used);
    if (error != SUCCESS) { fail(__LINE__, error); break; }
    u32 at = 0, whole = 0;
    struct dirent entry;
    for (; at + sizeof entry <= used; ++whole) {
      __builtin_memcpy(&entry, block + at, sizeof entry);
      if (at + sizeof entry + entry.size > used) break;
      at += sizeof entry + entry.size;
      cookie = entry.next;
      if (entries < 128) {
        cookies[entries] = cookie;
        inodes[entries] = entry.ino;
      }
      ++entries;
    }
    if (used == room && whole == 0) { fail(__LINE__, (int32_t)room); break; }
  }
  return entries;
}

static void listing(void) {
  begin("fd_readdir");
  static u64 cookies[128], inodes[128], more[128], ignored[128];
  OK(path_create_directory(ROOT, P("list")));
  u32 dir = open_at(ROOT, "list", DIRECTORY, FD_READ, 0), used;
  HOLDS(list(dir, 4096, 0, cookies, inodes) == 2);  // . and ..
  struct filestat stat;
  OK(fd_filestat_get(dir, &stat));
  HOLDS(inodes[0] == stat.ino || inodes[1] == stat.ino);
  char name[] = "list/file-000";
  for (u32 i = 0; i < 100; ++i) {
    name[11] = (char)('0' + i / 10);
    name[12] = (char)('0' + i % 10);
    make(name, "");
  }
  const u32 rooms[] = {64, 256, 4096, 65536};
  for (u32 i = 0; i < 4; ++i) HOLDS(list(dir, rooms[i], 0, cookies, inodes) == 102);
  for (u32 i = 0; i < 102; i += 17) HOLDS(list(dir, 256, cookies[i], more, ignored) == 101 - i);
  const u32 cut[] = {0, 1, 24, 25};
  for (u32 i = 0; i < 4; ++i) {
    OK(fd_readdir(dir, block, cut[i], 0, &used));
    HOLDS(used == cut[i]);
  }
  // What was never given: an errno or nothing.
  const u64 wild[] = {999999, 1ull << 63, ~0ull};
  for (u32 i = 0; i < 3; ++i) {
    int32_t error = fd_readdir(dir, block, 64, wild[i], &used);
    HOLDS(error == SUCCESS || error == INVAL || error == NOENT);
  }
  HOLDS(list(dir, 4096, 0, cookies, inodes) == 102);
  u32 file = open_at(ROOT, "f", 0, FD_READ, 0);
  ONE(fd_readdir(file, block, 64, 0, &used), NOTDIR, BADF);
  OK(fd_close(file));
  OK(fd_close(dir));
}

static void table(void) {
  begin("fd_renumber");
  u32 a = open_at(ROOT, "f", 0, FD_READ, 0), b = open_at(ROOT, "g", 0, FD_READ, 0), size;
  struct filestat of_a, of_b;
  OK(fd_filestat_get(a, &of_a));
  OK(fd_renumber(a, a));
  IS(fd_renumber(a, 99), BADF);
  IS(fd_renumber(0, ~0u), BADF);
  IS(fd_renumber(99, a), BADF);
  OK(fd_renumber(0, 0));
  OK(fd_renumber(a, b));
  OK(fd_filestat_get(b, &of_b));
  HOLDS(of_a.ino == of_b.ino);
  IS(fd_close(a), BADF);
  OK(fd_renumber(b, 4));  // over a grant
  struct prestat prestat;
  IS(fd_prestat_get(4, &prestat), BADF);
  OK(fd_filestat_get(4, &of_b));
  HOLDS(of_a.ino == of_b.ino);
  u32 out = open_at(ROOT, "out", CREAT, FD_WRITE, 0);
  OK(fd_renumber(out, 1));  // over a standard stream
  OK(put(1, "written", &size));
  HOLDS(file_is("out", "written"));
  begin("thousands of descriptors");
  for (u32 i = 0; i < 2000; ++i) OK(try_open("f", 0, 0, FD_READ, 0));
  begin("fd_close");
  OK(fd_close(1));
  OK(fd_close(4));
  IS(fd_close(4), BADF);
  u32 dir = open_at(ROOT, "list", DIRECTORY, 0, 0);
  OK(fd_close(ROOT));
  IS(fd_close(ROOT), BADF);
  IS(try_open("f", 0, 0, FD_READ, 0), BADF);
  OK(fd_filestat_get(dir, &of_a));
}

void _start(void) {
  grants();
  fdstat();
  append();
  sizes();
  bytes();
  listing();
  table();
  finish();
}
