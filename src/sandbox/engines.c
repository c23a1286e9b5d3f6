#include "sandbox/engines.h"

#include "base/log.h"
#include "sandbox/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SETTLED_MS = 5000, /* a child that lived so long is started again at once */
    PAUSE_MS = 100,    /* before the second start; then twice as long each time */
    MOST_PAUSE_MS = 10000,
    GRACE_MS = 3000, /* to end by itself */
};

struct engines {
    uv_loop_t *loop;
    char program[4096];
    struct scratch_folder folder;
    char socket[108];
    int listener; /* -1: not made */
    uv_process_t process;
    uv_pipe_t lifeline; /* the child's standard input */
    uv_timer_t timer;   /* the next start, or the end of patience */
    bool running, timed, stopping;
    int calls;
    unsigned handles; /* not yet closed */
    uint64_t started, pause_ms;
    void (*done)(void *ctx);
    void *ctx;
};

void engines_find(char *path, size_t cap) {
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self);
    ptrdiff_t slash = n > 0 ? str_rchr((str){ self, (size_t)n }, '/') : -1;
    int length = snprintf(path, cap, "%.*s/chela-engines", slash < 0 ? 0 : (int)slash, self);
    if (slash < 0 || length < 0 || (size_t)length >= cap) path[0] = '\0';
}

struct engines *engines_new(uv_loop_t *loop, const char *program) {
    struct engines *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->loop = loop;
    s->listener = -1;
    if (program) str_copy(s->program, sizeof s->program, str_c(program));
    uv_timer_init(loop, &s->timer);
    uv_unref((uv_handle_t *)&s->timer);
    s->timer.data = s;
    s->handles = 1;
    return s;
}

void engines_free(struct engines *s) {
    free(s);
}

uv_loop_t *engines_loop(const struct engines *s) {
    return s->loop;
}

const char *engines_folder(struct engines *s, struct err *e) {
    if (!s->folder.path[0] && scratch_make(&s->folder, e) != CHELA_OK) return NULL;
    return s->folder.path;
}

static bool make_socket(struct engines *s, struct err *e) {
    const char *folder = engines_folder(s, e);
    if (folder) s->listener = scratch_listen(folder, "engines.sock", s->socket, e);
    return s->listener >= 0;
}

/* ---- the child ---- */

static enum chela_error start(struct engines *s, struct err *e);

static void finished(struct engines *s) {
    if (!s->stopping || s->running || s->handles) return;
    if (s->listener >= 0) close(s->listener);
    scratch_remove(&s->folder);
    if (s->done) s->done(s->ctx);
}

static void on_closed(uv_handle_t *handle) {
    struct engines *s = handle->data;
    s->handles--;
    finished(s);
}

static void close_handle(uv_handle_t *handle) {
    if (!uv_is_closing(handle)) uv_close(handle, on_closed);
}

static void on_timer(uv_timer_t *timer) {
    struct engines *s = timer->data;
    s->timed = false;
    if (s->stopping)
        uv_process_kill(&s->process, SIGKILL);
    else if (!s->running)
        start(s, NULL);
}

static void start_after(struct engines *s, uint64_t ms) {
    s->timed = true;
    uv_timer_start(&s->timer, on_timer, ms, 0);
}

static void on_child_end(uv_process_t *process, int64_t status, int signal) {
    struct engines *s = process->data;
    bool settled = uv_now(s->loop) - s->started > SETTLED_MS;
    s->running = false;
    close_handle((uv_handle_t *)&s->process);
    close_handle((uv_handle_t *)&s->lifeline);
    if (s->stopping) {
        close_handle((uv_handle_t *)&s->timer);
        return;
    }
    if (signal)
        log_warn("chela-engines was ended by signal %d; it is started again when it is needed",
                 signal);
    else
        log_warn("chela-engines ended with exit code %lld; it is started again when it is needed",
                 (long long)status);
    s->pause_ms = settled ? 0 : s->pause_ms ? s->pause_ms * 2 : PAUSE_MS;
    if (s->pause_ms > MOST_PAUSE_MS) s->pause_ms = MOST_PAUSE_MS;
    if (s->calls > 0) start_after(s, s->pause_ms);
}

static int spawn(struct engines *s) {
    char *argv[] = { s->program, (char[]){ "--serve" }, NULL };
    uv_stdio_container_t stdio[] = {
        { .flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&s->lifeline },
        { .flags = UV_IGNORE },
        { .flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO },
        { .flags = UV_INHERIT_FD, .data.fd = s->listener },
    };
    const uv_process_options_t options = {
        .file = s->program,
        .args = argv,
        .stdio = stdio,
        .stdio_count = 4,
        .exit_cb = on_child_end,
        .flags = UV_PROCESS_DETACHED, /* Ctrl-C is for us: running answers get their time */
    };
    uv_pipe_init(s->loop, &s->lifeline, 0);
    s->lifeline.data = s->process.data = s;
    s->handles += 2;
    return uv_spawn(s->loop, &s->process, &options);
}

static enum chela_error start(struct engines *s, struct err *e) {
    int r = spawn(s);
    if (r != 0) {
        close_handle((uv_handle_t *)&s->process);
        close_handle((uv_handle_t *)&s->lifeline);
        return err_set(e, CHELA_UNAVAILABLE, "%s: %s", s->program, uv_strerror(r));
    }
    uv_unref((uv_handle_t *)&s->process);
    uv_unref((uv_handle_t *)&s->lifeline);
    s->running = true;
    s->started = uv_now(s->loop);
    return CHELA_OK;
}

/* The handles of one that ended are closed at the end of the loop's turn, and used again then. */
static enum chela_error wake(struct engines *s, struct err *e) {
    if (s->running || s->timed) return CHELA_OK;
    if (s->handles == 1) return start(s, e);
    start_after(s, 0);
    return CHELA_OK;
}

const char *engines_socket(struct engines *s, struct err *e) {
    if (s->stopping) {
        err_set(e, CHELA_UNAVAILABLE, "the sandbox is about to end");
        return NULL;
    }
    if (!s->program[0] || access(s->program, X_OK) != 0) {
        err_set(
            e, CHELA_UNAVAILABLE,
            "the program chela-engines, which makes pictures, video and sound, is not installed "
            "beside chela-gateway");
        return NULL;
    }
    if (s->listener < 0 && !make_socket(s, e)) return NULL;
    return wake(s, e) == CHELA_OK ? s->socket : NULL;
}

void engines_count_call(struct engines *s, int change) {
    s->calls += change;
}

void engines_stop(struct engines *s, void (*done)(void *ctx), void *ctx) {
    s->stopping = true;
    s->done = done;
    s->ctx = ctx;
    if (!s->running) {
        close_handle((uv_handle_t *)&s->timer);
        return;
    }
    uv_ref((uv_handle_t *)&s->process);
    close_handle((uv_handle_t *)&s->lifeline);
    uv_timer_start(&s->timer, on_timer, GRACE_MS, 0);
}
