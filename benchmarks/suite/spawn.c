// Runs one measured command: `spawn CPU SECONDS PROGRAM [ARGUMENT...]`, pinned to a processor (-1: to none), and writes to
// descriptor 3 how it ended and what it used: "exit|signal|timeout NUMBER USER SYSTEM WALL PEAK", in seconds and KiB.
//
// A small program of its own, since the kernel counts into a process's peak what its parent occupied before exec: under
// Python each runtime would seem to take 20 MB.
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child;
static volatile sig_atomic_t late;

static void Late(int number) {
  (void)number;
  late = 1;
  kill(child, SIGKILL);
}

static double Seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

static double Now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  int cpu = atoi(argv[1]);
  if (cpu >= 0) CPU_SET((unsigned)cpu, &cpus);
  if (cpu >= 0 && sched_setaffinity(0, sizeof(cpus), &cpus) != 0) return 2;
  double begin = Now();
  child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(3);
    execvp(argv[3], argv + 3);
    fprintf(stderr, "%s: %s\n", argv[3], strerror(errno));
    _exit(127);
  }
  signal(SIGALRM, Late);
  alarm((unsigned)atoi(argv[2]));
  int status;
  struct rusage usage;
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return 2;
  }
  const char* end = late ? "timeout" : WIFSIGNALED(status) ? "signal" : "exit";
  dprintf(3, "%s %d %.6f %.6f %.6f %ld\n", end, WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
          Seconds(usage.ru_utime), Seconds(usage.ru_stime), Now() - begin, usage.ru_maxrss);
  return 0;
}
