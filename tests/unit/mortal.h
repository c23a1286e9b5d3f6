/* Included by tests of code that must survive kill -9, before the .c files that write: every system
 * call that changes something is counted from there on, and a process whose steps are used up dies
 * before the next one, in a write half-way. immortal.h, behind them, ends that. */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static long steps_to_live; /* 0: for ever */

static inline void step(void) {
    if (steps_to_live && --steps_to_live == 0) kill(getpid(), SIGKILL);
}

static inline ssize_t mortal_write(int fd, const char *p, size_t n) {
    step();
    if (steps_to_live == 1) { /* half of it, then death */
        (void)!write(fd, p, n / 2);
        step();
    }
    return write(fd, p, n);
}

#define write(fd, p, n)   mortal_write(fd, p, n)
#define open(...)         (step(), open(__VA_ARGS__))
#define fchmod(fd, mode)  (step(), fchmod(fd, mode))
#define fsync(fd)         (step(), fsync(fd))
#define close(fd)         (step(), close(fd))
#define rename(from, to)  (step(), rename(from, to))
#define unlink(path)      (step(), unlink(path))
#define mkdir(path, mode) (step(), mkdir(path, mode))
#define flock(fd, how)    (step(), flock(fd, how))
