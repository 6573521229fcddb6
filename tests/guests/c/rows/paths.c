// path_*: what each makes of names, links and trailing slashes. Wants an empty, writable directory as its only grant, in
// which the host has a link `escape` to something above and a pipe `fifo`.
#include "wasi.h"

static void tree(void) {
  begin("path_create_directory");
  OK(path_create_directory(ROOT, P("dir")));
  OK(path_create_directory(ROOT, P("dir/nested/")));
  OK(path_create_directory(ROOT, P("empty")));
  IS(path_create_directory(ROOT, P("dir")), EXIST);
  IS(path_create_directory(ROOT, P("none/new")), NOENT);
  make("file", "text");
  IS(path_create_directory(ROOT, P("file")), EXIST);
  IS(path_create_directory(ROOT, P("file/new")), NOTDIR);
  make("dir/nested/file", "nested");
  begin("path_symlink");
  OK(path_symlink(P("file"), ROOT, P("link")));
  OK(path_symlink(P("dir"), ROOT, P("dir_link")));
  OK(path_symlink(P("nothing"), ROOT, P("dangling")));
  OK(path_symlink(P("self"), ROOT, P("self")));
  OK(path_symlink(P("../outside"), ROOT, P("up")));
  IS(path_symlink(P("/etc"), ROOT, P("absolute")), PERM);
  IS(path_symlink(P("x"), ROOT, P("file")), EXIST);
  IS(path_symlink(P("x"), ROOT, P("none/")), NOENT);
  IS(path_symlink(P("x"), ROOT, P("dir/")), EXIST);
  IS(path_symlink(P("x"), ROOT, P("file/")), NOTDIR);
  begin("path_readlink");
  char text[13] = "????????????";
  u32 used;
  OK(path_readlink(ROOT, P("dangling"), text, 12, &used));
  HOLDS(used == 7 && same(text, "nothing?????", 12));
  text[4] = '!';
  OK(path_readlink(ROOT, P("dangling"), text, 4, &used));
  HOLDS(used == 4 && same(text, "noth!ng", 7));
  OK(path_readlink(ROOT, P("dangling"), text, 0, &used));
  HOLDS(used == 0);
  IS(path_readlink(ROOT, P("file"), text, 12, &used), INVAL);
}

static void names(void) {
  begin("paths");
  OK(try_open("dir/.//nested/../../dir/nested/../nested///./file", FOLLOW, 0, FD_READ, 0));
  ONE(try_open("/dir/nested/file", FOLLOW, 0, FD_READ, 0), PERM, NOTCAPABLE);
  u32 fd;
  IS(path_open(ROOT, 0, "file\0", 5, 0, FD_READ, 0, 0, &fd), INVAL);
  IS(path_open(ROOT, 0, "\xff\xfe", 2, 0, FD_READ, 0, 0, &fd), ILSEQ);
  IS(try_open("dir/nested/file/", FOLLOW, 0, FD_READ, 0), NOTDIR);
  IS(try_open("dir/nested/file///", FOLLOW, 0, FD_READ, 0), NOTDIR);
  OK(try_open("dir/nested/", FOLLOW, 0, 0, 0));
  ONE(try_open("dir/nested/../../..", FOLLOW, 0, 0, 0), PERM, NOTCAPABLE);
  IS(try_open("", FOLLOW, 0, 0, 0), NOENT);
  static char name[5000];
  for (u32 i = 0; i < sizeof name; ++i) name[i] = 'a';
  IS(path_open(ROOT, 0, name, sizeof name, 0, FD_READ, 0, 0, &fd), NAMETOOLONG);
  IS(path_open(ROOT, 0, name, 300, 0, FD_READ, 0, 0, &fd), NAMETOOLONG);
}

static void opening(void) {
  begin("path_open");
  IS(try_open("file", FOLLOW, CREAT | EXCL, READ_WRITE, 0), EXIST);
  IS(try_open("missing", FOLLOW, 0, FD_READ, 0), NOENT);
  IS(try_open("x", FOLLOW, CREAT | DIRECTORY, 0, 0), INVAL);
  IS(try_open("file", FOLLOW, DIRECTORY, 0, 0), NOTDIR);
  IS(try_open("file", FOLLOW, 16, FD_READ, 0), INVAL);
  IS(try_open("file", FOLLOW, 0, FD_READ, 32), INVAL);
  IS(try_open("file", 2, 0, FD_READ, 0), INVAL);
  OK(try_open("file", FOLLOW, 0, ~0ull, 0));  // rights that there are not
  OK(try_open(".", FOLLOW, 0, 0, 0));
  OK(try_open(".", FOLLOW, DIRECTORY, FD_READ, 0));
  IS(try_open(".", FOLLOW, DIRECTORY, READ_WRITE, 0), ISDIR);
  OK(try_open(".", FOLLOW, 0, 0, NONBLOCK));
  u32 file = open_at(ROOT, "file", 0, FD_READ, 0), fd;
  ONE(path_open(file, 0, P("x"), 0, FD_READ, 0, 0, &fd), NOTDIR, NOTCAPABLE);
  OK(fd_close(file));
  // TRUNC writes, whatever the rights say of reading.
  make("cut", "long");
  OK(try_open("cut", FOLLOW, TRUNC, FD_READ, 0));
  HOLDS(file_is("cut", ""));
  begin("path_open of links");
  IS(try_open("link", 0, 0, FD_READ, 0), LOOP);
  IS(try_open("dangling", 0, 0, FD_READ, 0), LOOP);
  IS(try_open("dangling", FOLLOW, 0, FD_READ, 0), NOENT);
  IS(try_open("self", FOLLOW, 0, FD_READ, 0), LOOP);
  IS(try_open("self", 0, 0, FD_READ, 0), LOOP);
  ONE(try_open("dir_link", 0, DIRECTORY, 0, 0), LOOP, NOTDIR);
  OK(try_open("dir_link/nested/file", 0, 0, FD_READ, 0));
  begin("what leads out");
  ONE(try_open("up", FOLLOW, CREAT, READ_WRITE, 0), PERM, NOTCAPABLE);
  ONE(try_open("escape", FOLLOW, 0, FD_READ, 0), PERM, NOTCAPABLE);
  ONE(try_open("escape/", 0, DIRECTORY, 0, 0), PERM, NOTCAPABLE);
  ONE(try_open("escape/secret", FOLLOW, 0, FD_READ, 0), PERM, NOTCAPABLE);
  IS(path_unlink_file(ROOT, P("escape/")), NOTDIR);
  IS(path_unlink_file(ROOT, P("escape/secret")), PERM);
  IS(path_rename(ROOT, P("file"), ROOT, P("escape/file")), PERM);
  IS(path_link(ROOT, 0, P("escape/secret"), ROOT, P("stolen")), PERM);
  struct filestat stat;
  IS(path_filestat_get(ROOT, FOLLOW, P("escape"), &stat), PERM);
  ONE(path_filestat_get(ROOT, 0, P("escape/"), &stat), PERM, NOTDIR);
  IS(path_filestat_set_times(ROOT, FOLLOW, P("escape"), 1, 1, MTIM), PERM);
  begin("a pipe in a directory");
  OK(try_open("fifo", FOLLOW, 0, FD_READ, 0));
  IS(try_open("fifo", FOLLOW, 0, FD_WRITE, 0), NXIO);
}

static void describing(void) {
  begin("path_filestat_get");
  struct filestat file = stat_of("file", 0), other = stat_of("dir/nested/file", 0);
  HOLDS(file.type == REGULAR && file.size == 4 && file.nlink == 1);
  HOLDS(file.dev == other.dev && file.ino != other.ino);
  HOLDS(stat_of("link", 0).type == SYMLINK && stat_of("link", FOLLOW).ino == file.ino);
  HOLDS(stat_of("dir/", 0).type == DIRECTORY_TYPE);
  struct filestat stat;
  IS(path_filestat_get(ROOT, FOLLOW, P("dangling"), &stat), NOENT);
  IS(path_filestat_get(ROOT, 0, P("file/"), &stat), NOTDIR);
  begin("path_filestat_set_times");
  IS(path_filestat_set_times(ROOT, FOLLOW, P("file"), 5, 6, ATIM | ATIM_NOW), INVAL);
  IS(path_filestat_set_times(ROOT, FOLLOW, P("file"), 5, 6, MTIM | MTIM_NOW), INVAL);
  HOLDS(stat_of("file", 0).mtim == file.mtim && stat_of("file", 0).atim == file.atim);
  OK(path_filestat_set_times(ROOT, 0, P("link"), 1000000005, 2000000006, ATIM | MTIM));
  HOLDS(stat_of("link", 0).mtim == 2000000006 && stat_of("file", 0).mtim == file.mtim);
  OK(path_filestat_set_times(ROOT, FOLLOW, P("link"), 0, 3000000007, MTIM));
  HOLDS(stat_of("file", 0).mtim == 3000000007 && stat_of("file", 0).atim == file.atim);
}

static void linking(void) {
  begin("path_link");
  OK(path_link(ROOT, 0, P("file"), ROOT, P("hard")));
  HOLDS(stat_of("hard", 0).ino == stat_of("file", 0).ino && stat_of("hard", 0).nlink == 2);
  IS(path_link(ROOT, 0, P("file"), ROOT, P("hard")), EXIST);
  IS(path_link(ROOT, 0, P("file"), ROOT, P("file")), EXIST);
  IS(path_link(ROOT, 0, P("file"), ROOT, P("dir")), EXIST);
  IS(path_link(ROOT, 0, P("file"), ROOT, P("dangling")), EXIST);
  IS(path_link(ROOT, 0, P("file"), ROOT, P("new/")), NOENT);
  ONE(path_link(ROOT, 0, P("dir"), ROOT, P("new")), PERM, ACCES);
  IS(path_link(ROOT, FOLLOW, P("link"), ROOT, P("new")), INVAL);
  OK(path_link(ROOT, 0, P("link"), ROOT, P("second_link")));
  HOLDS(stat_of("second_link", 0).type == SYMLINK);
}

static void moving(void) {
  begin("path_rename");
  IS(path_rename(ROOT, P("empty"), ROOT, P("dir")), NOTEMPTY);
  IS(path_rename(ROOT, P("empty"), ROOT, P("file")), NOTDIR);
  IS(path_rename(ROOT, P("file"), ROOT, P("empty")), ISDIR);
  IS(path_rename(ROOT, P("none"), ROOT, P("x")), NOENT);
  IS(path_rename(ROOT, P("dir"), ROOT, P("dir/nested/inner")), INVAL);
  OK(path_rename(ROOT, P("dir"), ROOT, P("empty")));
  OK(path_rename(ROOT, P("empty/"), ROOT, P("a")));
  OK(path_rename(ROOT, P("a"), ROOT, P("b/")));
  OK(path_rename(ROOT, P("b/"), ROOT, P("dir/")));
  IS(path_rename(ROOT, P("file/"), ROOT, P("x")), NOTDIR);
  IS(path_rename(ROOT, P("file"), ROOT, P("x/")), NOTDIR);
  OK(path_rename(ROOT, P("file"), ROOT, P("link")));
  HOLDS(file_is("link", "text"));
}

static void removing(void) {
  begin("path_unlink_file");
  ONE(path_unlink_file(ROOT, P("dir")), ISDIR, PERM);
  IS(path_unlink_file(ROOT, P("dir/")), ISDIR);
  IS(path_unlink_file(ROOT, P("link/")), NOTDIR);
  IS(path_unlink_file(ROOT, P("none")), NOENT);
  OK(path_unlink_file(ROOT, P("dangling")));
  OK(path_unlink_file(ROOT, P("link")));
  begin("path_remove_directory");
  IS(path_remove_directory(ROOT, P("dir")), NOTEMPTY);
  IS(path_remove_directory(ROOT, P("hard")), NOTDIR);
  IS(path_remove_directory(ROOT, P("hard/")), NOTDIR);
  OK(path_unlink_file(ROOT, P("dir/nested/file")));
  OK(path_remove_directory(ROOT, P("dir/nested/")));
  // A directory that is gone lists nothing and opens nothing.
  u32 dir = open_at(ROOT, "dir", DIRECTORY, FD_READ, 0), fd;
  OK(path_remove_directory(ROOT, P("dir")));
  IS(path_open(dir, 0, P("x"), CREAT, READ_WRITE, 0, 0, &fd), NOENT);
  OK(fd_close(dir));
}

void _start(void) {
  tree();
  names();
  opening();
  describing();
  linking();
  moving();
  removing();
  finish();
}
