#include "base/child.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOK_MS = 50 /* between two looks at `cancel` */, LAST_WORDS = 2048, PIECE = 64 << 10 };

struct running {
    const struct child *c;
    pid_t pid;
    int in, out, err; /* -1: closed */
    str left;         /* input to be written */
    struct buf words; /* the end of its standard error */
};

bool child_there(const char *search, const char *name) {
    if (!search) search = getenv("PATH");
    str rest = str_c(search ? search : "/usr/bin:/bin"), folder;
    while (rest.n) {
        char full[PATH_MAX];
        str_cut(rest, ':', &folder, &rest);
        int n = snprintf(full, sizeof full, "%.*s/%s", STR_ARG(folder), name);
        if (folder.n && n > 0 && (size_t)n < sizeof full && access(full, X_OK) == 0) return true;
    }
    return false;
}

static void shut(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* ---- starting ---- */

static int spawn(pid_t *pid, const struct child *c, int in, int out, int err) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE); /* we ignore it; a child should not */
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETPGROUP);
    int rc = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    if (rc == 0) rc = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (rc == 0) rc = posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
    if (rc == 0)
        rc = posix_spawnp(pid, c->argv[0], &files, &attributes, (char *const *)(uintptr_t)c->argv,
                          environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

static enum chela_error start(struct running *r, const struct child *c, struct err *e) {
    int in[2] = { -1, -1 }, out[2] = { -1, -1 }, err[2] = { -1, -1 };
    bool piped =
        pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0;
    int why = piped ? spawn(&r->pid, c, in[0], out[1], err[1]) : errno;
    shut(&in[0]);
    shut(&out[1]);
    shut(&err[1]);
    r->in = in[1];
    r->out = out[0];
    r->err = err[0];
    if (why) {
        shut(&r->in);
        shut(&r->out);
        shut(&r->err);
        return err_set(e, why == ENOENT ? CHELA_UNAVAILABLE : CHELA_IO, "%s: %s", c->argv[0],
                       why == ENOENT ? "it is not installed" : strerror(why));
    }
    fcntl(r->in, F_SETFL, O_NONBLOCK);
    fcntl(r->out, F_SETFL, O_NONBLOCK);
    fcntl(r->err, F_SETFL, O_NONBLOCK);
    return CHELA_OK;
}

/* ---- bytes ---- */

/* Writes what the pipe takes; a child that reads no more has all it wants. */
static void feed(struct running *r) {
    for (;;) {
        if (r->left.n == 0 && r->c->more) r->left = r->c->more(r->c->ctx);
        if (r->left.n == 0) {
            shut(&r->in);
            return;
        }
        ssize_t n = write(r->in, r->left.p, r->left.n);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EAGAIN) shut(&r->in);
        if (n < 0) return;
        r->left = str_skip(r->left, (size_t)n);
        if (r->left.n) return;
    }
}

static void keep_last_words(struct running *r, str bytes) {
    buf_add(&r->words, bytes);
    if (r->words.n > LAST_WORDS) buf_consume(&r->words, r->words.n - LAST_WORDS);
}

/* False: more than c->out holds. */
static bool drain(struct running *r, int *fd) {
    for (;;) {
        char bytes[PIECE];
        ssize_t n = read(*fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) return true;
        if (n <= 0) {
            shut(fd);
            return true;
        }
        str piece = { bytes, (size_t)n };
        if (fd == &r->err)
            keep_last_words(r, piece);
        else if (r->c->out && !buf_add(r->c->out, piece))
            return false;
    }
}

static enum chela_error exchange(struct running *r, int64_t deadline, struct err *e) {
    const char *name = r->c->argv[0];
    while (r->out >= 0 || r->err >= 0) {
        if (r->c->cancel && atomic_load(r->c->cancel))
            return err_set(e, CHELA_CANCELLED, "%s: cancelled", name);
        int64_t left = deadline - clock_ms();
        if (left <= 0)
            return err_set(e, CHELA_TIMEOUT, "%s: it took longer than %lld s", name,
                           (long long)r->c->limit_ms / 1000);
        struct pollfd p[3] = { { .fd = r->in, .events = POLLOUT },
                               { .fd = r->out, .events = POLLIN },
                               { .fd = r->err, .events = POLLIN } };
        if (poll(p, 3, left < LOOK_MS ? (int)left : LOOK_MS) < 0 && errno != EINTR)
            return err_set(e, CHELA_IO, "%s: %s", name, strerror(errno));
        if (r->in >= 0 && p[0].revents) feed(r);
        if (r->err >= 0 && p[2].revents) drain(r, &r->err);
        if (r->out >= 0 && p[1].revents && !drain(r, &r->out))
            return err_set(e, CHELA_LIMIT, "%s: its output is too large", name);
    }
    return CHELA_OK;
}

/* ---- the end ---- */

static str last_line(const struct buf *words) {
    str text = str_trim(buf_str(words));
    ptrdiff_t at = str_rchr(text, '\n');
    return str_trim(at < 0 ? text : str_skip(text, (size_t)at + 1));
}

/* Both pipes are at their end, so a child in order is about to end by itself. */
static enum chela_error reap(struct running *r, int64_t deadline, struct err *e) {
    const char *name = r->c->argv[0];
    int status = 0;
    for (;;) {
        pid_t done = waitpid(r->pid, &status, WNOHANG);
        if (done == r->pid) break;
        if (done < 0 && errno != EINTR)
            return err_set(e, CHELA_IO, "%s: %s", name, strerror(errno));
        if (clock_ms() >= deadline) return err_set(e, CHELA_TIMEOUT, "%s: it does not end", name);
        poll(NULL, 0, 2);
    }
    r->pid = 0;
    if (WIFSIGNALED(status))
        return err_set(e, CHELA_INPUT, "%s: ended by signal %d", name, WTERMSIG(status));
    if (WEXITSTATUS(status) == 0) return CHELA_OK;
    str words = last_line(&r->words);
    return err_set(e, CHELA_INPUT, "%s: %.*s", name, STR_ARG(words.n ? words : S("it failed")));
}

static void kill_group(struct running *r) {
    if (r->pid <= 0) return;
    kill(-r->pid, SIGKILL);
    while (waitpid(r->pid, NULL, 0) < 0 && errno == EINTR) {}
}

enum chela_error child_run(const struct child *c, struct err *e) {
    struct running r = { .c = c, .left = c->input, .words = BUF_INIT(LAST_WORDS + PIECE) };
    int64_t deadline = clock_ms() + c->limit_ms;
    enum chela_error rc = start(&r, c, e);
    if (rc != CHELA_OK) return rc;
    rc = exchange(&r, deadline, e);
    if (rc == CHELA_OK) rc = reap(&r, deadline, e);
    if (rc != CHELA_OK) kill_group(&r);
    shut(&r.in);
    shut(&r.out);
    shut(&r.err);
    buf_free(&r.words);
    return rc;
}
