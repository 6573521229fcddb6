// Arguments, environment, clocks, random numbers, polling, standard streams, sockets that are none: each row that holds
// is said, each call that does not is named by its line.
//
// Wants: argv of "rows", "a b", ""; the variables EMPTY= and Q="x'y", of two lines; no terminal.
#include "wasi.h"

static void arguments(void) {
  begin("args");
  u32 count, size, argv[8];
  char text[64];
  OK(args_sizes_get(&count, &size));
  HOLDS(count == 3 && size == 5 + 4 + 1);
  OK(args_get(argv, text));
  HOLDS(argv[0] == (u32)text && same(text, "rows\0a b\0", 10));
  HOLDS(argv[1] == argv[0] + 5 && argv[2] == argv[1] + 4);
  begin("environ");
  OK(environ_sizes_get(&count, &size));
  HOLDS(count == 2);
  OK(environ_get(argv, text));
  HOLDS(same((const char *)argv[0], "EMPTY=", 7) && same((const char *)argv[1], "Q=\"x'y\"\n2", 10));
}

static void clocks(void) {
  begin("clock_time_get, clock_res_get");
  u64 time = 0, later = 0, resolution = 0;
  OK(clock_time_get(0, 0, &time));
  HOLDS(time > 1700000000ull * 1000000000);
  OK(clock_time_get(1, 1, &time));
  OK(clock_time_get(1, 0, &later));
  HOLDS(later >= time);
  for (u32 id = 0; id < 4; ++id) {
    ONE(clock_time_get(id, 0, &time), SUCCESS, NOTSUP);
    ONE(clock_res_get(id, &resolution), SUCCESS, NOTSUP);
    HOLDS(resolution > 0);
  }
  for (u32 id = 4; id != 0; id = id == 4 ? ~0u : 0) {
    IS(clock_time_get(id, 0, &time), INVAL);
    IS(clock_res_get(id, &resolution), INVAL);
  }
}

static struct subscription clock_of(u64 userdata, u64 timeout, u32 clock, uint16_t flags) {
  return (struct subscription){.userdata = userdata, .tag = 0, .clock_or_fd = clock, .timeout = timeout, .flags = flags};
}
static struct subscription on_fd(u64 userdata, uint8_t tag, u32 fd) {
  return (struct subscription){.userdata = userdata, .tag = tag, .clock_or_fd = fd};
}

static void polling(void) {
  begin("poll_oneoff");
  struct event events[4];
  u32 fired = 9;
  u64 before = 0, after = 0;
  IS(poll_oneoff(events, events, 0, &fired), INVAL);
  struct subscription one[] = {clock_of(7, 3000000, 1, 0)};
  OK(clock_time_get(1, 0, &before));
  OK(poll_oneoff(one, events, 1, &fired));
  OK(clock_time_get(1, 0, &after));
  HOLDS(fired == 1 && events[0].userdata == 7 && events[0].type == 0 && events[0].error == 0);
  HOLDS(after - before >= 3000000);
  // Absolute and past; both of the same name.
  struct subscription past[] = {clock_of(5, 1, 0, 1), clock_of(5, 1, 1, 1)};
  OK(poll_oneoff(past, events, 2, &fired));
  HOLDS(fired == 2 && events[0].userdata == 5 && events[1].userdata == 5);
  // stdout and stderr before a clock; several at once.
  struct subscription out[] = {on_fd(1, 2, 1), on_fd(2, 2, 2), clock_of(3, 200000000, 1, 0)};
  OK(poll_oneoff(out, events, 3, &fired));
  HOLDS(fired == 2 && events[0].userdata == 1 && events[1].userdata == 2 && events[1].type == 2);
  // stdin or a clock; here it is at its end.
  struct subscription in[] = {on_fd(1, 1, 0), clock_of(2, 2000000, 1, 0)};
  OK(poll_oneoff(in, events, 2, &fired));
  HOLDS(fired >= 1 && fired <= 2);
  // No overflow: the clock does not fire.
  struct subscription far[] = {clock_of(1, ~0ull, 1, 0), on_fd(2, 2, 1)};
  OK(poll_oneoff(far, events, 2, &fired));
  HOLDS(fired == 1 && events[0].userdata == 2);
  struct subscription bad[] = {on_fd(1, 1, 99)};
  IS(poll_oneoff(bad, events, 1, &fired), BADF);
  bad[0] = on_fd(1, 9, 0);
  IS(poll_oneoff(bad, events, 1, &fired), INVAL);
  bad[0] = clock_of(1, 0, 9, 0);
  IS(poll_oneoff(bad, events, 1, &fired), INVAL);
  bad[0] = clock_of(1, 0, 1, 8);
  IS(poll_oneoff(bad, events, 1, &fired), INVAL);
  struct subscription zero[] = {clock_of(1, 0, 1, 0)};
  for (u32 i = 0; i < 1000; ++i) OK(poll_oneoff(zero, events, 1, &fired));
}

static char large[8 << 20];

static void numbers(void) {
  begin("random_get");
  OK(random_get(large, 0));
  HOLDS(large[0] == 0);
  OK(random_get(large, sizeof large));
  u32 zeros = 0;
  for (u32 i = 0; i < 4096; ++i) zeros += large[sizeof large - 1 - i] == 0;
  HOLDS(zeros < 100);
  begin("sched_yield, proc_raise");
  OK(sched_yield());
  IS(proc_raise(6), NOTSUP);
}

static void streams(void) {
  begin("standard streams");
  char text[16];
  u32 size = 9;
  u64 position;
  struct iovec iov = {text, sizeof text};
  OK(get(0, text, sizeof text, &size));
  HOLDS(size == 0);
  IS(get(1, text, sizeof text, &size), BADF);
  IS(put(0, "x", &size), BADF);
  for (u32 fd = 0; fd < 3; ++fd) {
    IS(fd_seek(fd, 0, 0, &position), SPIPE);
    IS(fd_tell(fd, &position), SPIPE);
    IS(fd_prestat_get(fd, text), BADF);
    ONE(fd_prestat_dir_name(fd, text, 9), NOTDIR, BADF);
    struct filestat stat;
    OK(fd_filestat_get(fd, &stat));
    HOLDS(stat.size == 0 && stat.atim == 0 && stat.mtim == 0 && stat.ctim == 0);
    struct fdstat own = fdstat_of(fd);
    HOLDS(own.type != CHARACTER_DEVICE);  // or it would be taken for a terminal
    HOLDS((own.base & (FD_SEEK | FD_TELL)) == 0);
  }
  IS(fd_pread(0, &iov, 1, 0, &size), SPIPE);
  IS(fd_pwrite(1, &iov, 1, 0, &size), SPIPE);
  OK(put(1, "to stdout\n", &size));
  HOLDS(size == 10);
  begin("a descriptor that is none");
  IS(fd_write((u32)-31337, 0, 0, &size), BADF);
  IS(fd_write((u32)-31337, (void *)~7u, 9, (u32 *)~7u), BADF);
  IS(fd_read(77, (void *)~7u, 9, (u32 *)~7u), BADF);
  begin("sock_*");
  u32 accepted;
  IS(sock_shutdown(77, 3), BADF);
  IS(sock_shutdown(1, 3), NOTSOCK);
  IS(sock_accept(0, 0, &accepted), NOTSOCK);
  IS(sock_recv(0, &iov, 1, 0, &size, text), NOTSOCK);
  IS(sock_send(1, &iov, 1, 0, &size), NOTSOCK);
  IS(sock_accept(77, 0, &accepted), BADF);
  begin("fd_close of a standard stream");
  OK(fd_close(0));
  IS(fd_close(0), BADF);
  IS(get(0, text, sizeof text, &size), BADF);
}

// Pointers that are aligned to nothing.
static void misaligned(void) {
  begin("misaligned pointers");
  static char bytes[128];
  u32 *size = (u32 *)(bytes + 1);
  u64 *time = (u64 *)(bytes + 9);
  struct iovec iov = {"x", 0};
  char *at = bytes + 33;
  __builtin_memcpy(at, &iov, sizeof iov);
  OK(fd_write(1, at, 1, size));
  OK(clock_time_get(0, 0, time));
  u64 told;
  __builtin_memcpy(&told, time, sizeof told);
  HOLDS(told > 1700000000ull * 1000000000);
  OK(fd_fdstat_get(1, bytes + 65));
}

void _start(void) {
  arguments();
  clocks();
  polling();
  numbers();
  streams();
  misaligned();
  finish();
}
