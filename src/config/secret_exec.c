/* A key that a command prints.
 *
 * The command is started directly, no shell between; it gets only the variables the provider names.
 * The protocol is OpenClaw's: a JSON request on stdin, and on stdout either a JSON answer with
 * values by id, or the plain value (which trimmed is the key). It has 10 seconds unless the
 * provider says otherwise, and 64 KiB. Its stderr is the user's terminal: that is where it says
 * what is wrong.
 */
#include "config/secret_ref.h"

#include "base/clock.h"
#include "doc/json_write.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_OUTPUT = 64 << 10, MAX_ARGS = 128, MAX_VARIABLES = 192, DEFAULT_MS = 10000 };

struct child {
    char *argv[MAX_ARGS + 2];
    char *envp[MAX_VARIABLES + 1];
    size_t args, variables;
    struct arena strings;
};

static bool add_arg(struct child *ch, str text) {
    if (ch->args > MAX_ARGS || memchr(text.n ? text.p : "", 0, text.n)) return false;
    ch->argv[ch->args++] = (char *)(uintptr_t)arena_cstr(&ch->strings, text);
    return true;
}

static bool add_variable(struct child *ch, str name, str value) {
    if (ch->variables == MAX_VARIABLES || memchr(value.n ? value.p : "", 0, value.n)) return false;
    str pair = arena_printf(&ch->strings, "%.*s=%.*s", STR_ARG(name), STR_ARG(value));
    ch->envp[ch->variables++] = (char *)(uintptr_t)pair.p;
    return true;
}

static enum chela_error prepare(struct child *ch, struct config *c, doc_node provider,
                                const char *at, struct err *e) {
    struct doc *d = c->main.doc;
    str command = { 0 }, text;
    bool insecure = false, good = true;
    struct stat st;
    doc_string(d, doc_get(d, provider, S("command")), &command);
    if (!str_starts(command, S("/")))
        return err_set(e, CHELA_CONFIG, "%s: the command must be an absolute path, found \"%.*s\"",
                       at, STR_ARG(str_head(command, 200)));
    good = add_arg(ch, command);
    doc_node list = doc_get(d, provider, S("args"));
    for (doc_node n = doc_first(d, list); good && n; n = doc_next(d, n))
        good = doc_string(d, n, &text) && add_arg(ch, text);
    list = doc_get(d, provider, S("passEnv"));
    for (doc_node n = doc_first(d, list); good && n; n = doc_next(d, n)) {
        char name[256];
        const char *value = doc_string(d, n, &text) && str_copy(name, sizeof name, text)
                                ? env_get(c->env, name)
                                : NULL;
        if (value) good = add_variable(ch, text, str_c(value));
    }
    list = doc_get(d, provider, S("env"));
    for (doc_node n = doc_first(d, list); good && n; n = doc_next(d, n))
        good = doc_string(d, n, &text) && add_variable(ch, doc_key(d, n), text);
    if (!good) return err_set(e, CHELA_CONFIG, "%s: too many or bad arguments or variables", at);
    if (arena_failed(&ch->strings)) return err_set(e, CHELA_NOMEM, "out of memory");
    if (stat(ch->argv[0], &st) != 0)
        return err_set(e, CHELA_CONFIG, "%s: %s: %s", at, ch->argv[0], strerror(errno));
    doc_bool(d, doc_get(d, provider, S("allowInsecurePath")), &insecure);
    if (!insecure && (!S_ISREG(st.st_mode) || (st.st_mode & 022)))
        return err_set(e, CHELA_CONFIG,
                       "%s: %s is not a file that only its owner can write, so it is not run", at,
                       ch->argv[0]);
    return CHELA_OK;
}

/* The request fits into the pipe, so it is written before anybody reads it. */
static int request_pipe(str alias, str id) {
    struct buf text = BUF_INIT(4096);
    struct json_writer w = JSON_WRITER(&text);
    json_object(&w);
    json_kint(&w, "protocolVersion", 1);
    json_kstring(&w, "provider", alias);
    json_key(&w, S("ids"));
    json_array(&w);
    json_string(&w, id);
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(&text, '\n');
    int fds[2] = { -1, -1 };
    if (!text.failed && pipe2(fds, O_CLOEXEC) == 0) {
        if (write(fds[1], text.p, text.n) != (ssize_t)text.n) {
            close(fds[0]);
            fds[0] = -1;
        }
        close(fds[1]);
    }
    buf_free(&text);
    return fds[0];
}

static int spawn(pid_t *pid, struct child *ch, int in, int out) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t signals;
    if (posix_spawn_file_actions_init(&files) != 0) return ENOMEM;
    if (posix_spawnattr_init(&attributes) != 0) {
        posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigaddset(&signals, SIGPIPE); /* chela ignores it; a child should not */
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    int rc = posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    if (rc == 0) rc = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    const char *program = ch->argv[0];
    if (rc == 0)
        rc = program ? posix_spawn(pid, program, &files, &attributes, ch->argv, ch->envp) : EINVAL;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return rc;
}

/* Reads until the end, the bound or the deadline. */
static enum chela_error collect(int fd, struct buf *out, int64_t deadline, const char *at,
                                struct err *e) {
    for (;;) {
        int64_t left = deadline - clock_ms();
        struct pollfd p = { .fd = fd, .events = POLLIN };
        int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return err_set(e, CHELA_TIMEOUT, "%s: the command took too long", at);
        char bytes[4096];
        ssize_t n = read(fd, bytes, sizeof bytes);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return err_set(e, CHELA_IO, "%s: %s", at, strerror(errno));
        bool kept = n == 0 || buf_add(out, (str){ bytes, (size_t)n });
        explicit_bzero(bytes, sizeof bytes);
        if (!kept) return err_set(e, CHELA_LIMIT, "%s: the command printed over 64 KiB", at);
        if (n == 0) return CHELA_OK;
    }
}

/* Waits for the end until the deadline, then kills. */
static enum chela_error finish(pid_t pid, int64_t deadline, const char *at, struct err *e) {
    int status = 0;
    pid_t done = 0;
    while (done == 0) {
        done = waitpid(pid, &status, WNOHANG);
        if (done < 0 && errno == EINTR) done = 0;
        if (done == 0 && clock_ms() >= deadline) {
            kill(pid, SIGKILL);
            while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
            return err_set(e, CHELA_TIMEOUT, "%s: the command took too long", at);
        }
        if (done == 0) nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
    }
    if (done < 0) return err_set(e, CHELA_IO, "%s: %s", at, strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return CHELA_OK;
    if (WIFSIGNALED(status))
        return err_set(e, CHELA_CONFIG, "%s: the command was ended by signal %d", at,
                       WTERMSIG(status));
    return err_set(e, CHELA_CONFIG, "%s: the command failed with exit code %d", at,
                   WEXITSTATUS(status));
}

/* JSON with values by id, or the value itself. */
static enum chela_error take_answer(struct secret *out, str answer, bool json_only, str id,
                                    str origin, const char *at, struct err *e) {
    struct doc *d = NULL;
    answer = str_trim(answer);
    if (!json_only && !str_starts(answer, S("{"))) return secret_take(out, answer, origin, at, e);
    enum chela_error rc = doc_parse(&d, answer, DOC_JSON, NULL, e);
    if (rc != CHELA_OK) return err_set(e, CHELA_CONFIG, "%s: the command printed no JSON", at);
    str value, why = { 0 };
    doc_node root = doc_root(d);
    doc_node failure = doc_get(d, doc_get(d, root, S("errors")), id);
    doc_string(d, doc_get(d, failure, S("message")), &why);
    if (doc_string(d, doc_get(d, doc_get(d, root, S("values")), id), &value))
        rc = secret_take(out, value, origin, at, e);
    else
        rc = err_set(e, CHELA_NO_KEY, "%s: the command has no value for \"%.*s\"%s%.*s", at,
                     STR_ARG(str_head(id, 80)), why.n ? ": " : "", STR_ARG(str_head(why, 200)));
    doc_free(d);
    return rc;
}

enum chela_error secret_exec(struct config *c, doc_node provider, str alias, str id, str origin,
                             struct secret *out, const char *at, struct err *e) {
    struct doc *d = c->main.doc;
    struct child ch = { .strings = ARENA_INIT(1u << 20) };
    struct buf answer = BUF_INIT(MAX_OUTPUT);
    bool json_only = false;
    int64_t limit = DEFAULT_MS;
    doc_bool(d, doc_get(d, provider, S("jsonOnly")), &json_only);
    doc_int(d, doc_get(d, provider, S("timeoutMs")), &limit);
    enum chela_error rc = prepare(&ch, c, provider, at, e);
    int in = rc == CHELA_OK ? request_pipe(alias, id) : -1, pipes[2] = { -1, -1 };
    if (rc == CHELA_OK && (in < 0 || pipe2(pipes, O_CLOEXEC) != 0))
        rc = err_set(e, CHELA_IO, "%s: no pipe to the command: %s", at, strerror(errno));
    if (rc == CHELA_OK) {
        pid_t pid = 0;
        int failed = spawn(&pid, &ch, in, pipes[1]);
        close(pipes[1]);
        pipes[1] = -1;
        if (failed) {
            rc = err_set(e, CHELA_CONFIG, "%s: %s: %s", at, ch.argv[0], strerror(failed));
        } else {
            int64_t deadline = clock_ms() + limit;
            buf_room(&answer, MAX_OUTPUT); /* at once: growing would leave copies behind */
            rc = collect(pipes[0], &answer, deadline, at, e);
            /* What it was to print is spoilt: no reason to wait for it. */
            enum chela_error end =
                finish(pid, rc == CHELA_OK ? deadline : 0, at, rc == CHELA_OK ? e : NULL);
            if (rc == CHELA_OK) rc = end;
        }
    }
    if (rc == CHELA_OK) rc = take_answer(out, buf_str(&answer), json_only, id, origin, at, e);
    if (in >= 0) close(in);
    if (pipes[0] >= 0) close(pipes[0]);
    if (pipes[1] >= 0) close(pipes[1]);
    if (answer.p) explicit_bzero(answer.p, answer.n);
    buf_free(&answer);
    arena_free(&ch.strings);
    return rc;
}
