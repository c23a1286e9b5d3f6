/* One turn at the terminal.
 *
 * The library runs in a thread of its own and leaves what happens in a queue; this thread paints.
 * So Ctrl-C, a new window size and the clock of "thinking… 3 s" are answered at once, whatever the
 * network does, and a fast answer is painted as often as the screen takes it, not as often as
 * pieces come. The queue is bounded: a model that is faster than the terminal waits.
 *
 * A reply that is spoken is whole before its sound is made. Where something plays it, the turn ends
 * there for the person: the thread makes the sound and plays it while the next message is typed.
 */
#include "cli/conversation.h"

#include "base/clock.h"
#include "cli/talk.h"
#include "doc/doc.h"
#include "term/live.h"
#include "term/markdown.h"
#include "term/safe.h"
#include "term/style.h"
#include "term/terminal.h"
#include "term/width.h"
#include "term/wrap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MAX_QUEUE = 1 << 20,
    MAX_TOOLS = 16,   /* that run at once and have a line of their own */
    TICK_MS = 100,    /* how often the clock is painted */
    QUIET_MS = 300,   /* nothing is said about waiting before */
    MAX_RESULT = 400, /* bytes of what a tool failed with */
};
static const size_t max_text = 64u << 20;

/* ---- the queue: thread → screen ---- */

enum event_kind {
    EVENT_TEXT,
    EVENT_REASONING,
    EVENT_NOTICE,
    EVENT_TOOL_START,
    EVENT_TOOL_END,
    EVENT_SPEECH,
};

struct event {
    enum event_kind kind;
    bool flag;        /* a tool failed; of EVENT_SPEECH: nobody waits for the sound */
    size_t length[3]; /* of the strings that follow it */
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t room;
    struct buf events;
    bool ended; /* the run has; result is set */
    enum chela_error result;
    int wake[2]; /* a pipe: readable when there is something */
};

static void wake(struct queue *q) {
    ssize_t ignored = write(q->wake[1], "", 1); /* full: it is readable already */
    (void)ignored;
}

static void post(struct queue *q, enum event_kind kind, bool flag, str a, str b, str d) {
    struct event event = { .kind = kind, .flag = flag, .length = { a.n, b.n, d.n } };
    pthread_mutex_lock(&q->lock);
    while (q->events.n > MAX_QUEUE) pthread_cond_wait(&q->room, &q->lock);
    buf_add(&q->events, (str){ (const char *)&event, sizeof event });
    buf_add(&q->events, a);
    buf_add(&q->events, b);
    buf_add(&q->events, d);
    pthread_mutex_unlock(&q->lock);
    wake(q);
}

struct job {
    struct queue queue;
    struct conversation *conversation;
    struct chela_request request;
    pthread_t thread;
    int64_t began;
    bool may_go_on; /* something plays: the sound may be made beside the prompt */
    /* Once it goes on there, before it posts EVENT_SPEECH: */
    bool whole;
    char *envelope;
    const struct turn_use *use;
    struct sound sound; /* the thread's own, but for `cancel` */
    atomic_bool over;   /* nothing is made and nothing played any more */
};

static void on_text(void *ctx, const char *text, size_t length) {
    struct job *job = ctx;
    post(&job->queue, EVENT_TEXT, false, (str){ text, length }, S(""), S(""));
}

static void on_reasoning(void *ctx, const char *text, size_t length) {
    struct job *job = ctx;
    post(&job->queue, EVENT_REASONING, false, (str){ text, length }, S(""), S(""));
}

static void on_notice(void *ctx, const char *line) {
    struct job *job = ctx;
    post(&job->queue, EVENT_NOTICE, false, str_c(line), S(""), S(""));
}

static void on_tool_start(void *ctx, const char *id, const char *name, const char *arguments) {
    struct job *job = ctx;
    post(&job->queue, EVENT_TOOL_START, false, str_c(id), str_c(name), str_c(arguments));
}

static void on_tool_end(void *ctx, const char *id, const char *name, const char *result,
                        int failed) {
    struct job *job = ctx;
    post(&job->queue, EVENT_TOOL_END, failed != 0, str_c(id), str_c(name), str_c(result));
}

/* What the other thread will need of the library, which stays with this one. */
static void on_speech(void *ctx) {
    struct job *job = ctx;
    struct conversation *c = job->conversation;
    if (job->may_go_on && !job->whole) {
        const char *envelope = chela_envelope(c->lib);
        job->envelope = strdup(envelope ? envelope : "{}");
        job->use = conversation_count(c, clock_ms() - job->began);
        job->whole = true;
    }
    post(&job->queue, EVENT_SPEECH, job->whole, S(""), S(""), S(""));
}

static void *run_job(void *ctx) {
    struct job *job = ctx;
    struct conversation *c = job->conversation;
    const struct chela_events events = { .ctx = job,
                                         .text = on_text,
                                         .reasoning = on_reasoning,
                                         .notice = on_notice,
                                         .tool_start = on_tool_start,
                                         .tool_end = on_tool_end,
                                         .speech = on_speech };
    enum chela_error result = chela_run(c->lib, &job->request, &events);
    if (job->whole && sound_take(&job->sound, chela_envelope(c->lib), c->cli->env))
        (void)sound_play(&job->sound);
    atomic_store(&job->over, true);
    pthread_mutex_lock(&job->queue.lock);
    job->queue.result = result;
    job->queue.ended = true;
    pthread_mutex_unlock(&job->queue.lock);
    wake(&job->queue);
    return NULL;
}

/* ---- the screen ---- */

struct tool {
    char id[80];
    struct buf label; /* its name and arguments, harmless, one line */
    int64_t since;
};

struct view {
    struct conversation *c;
    struct live live;
    struct markdown answer;
    struct buf done; /* lines that are finished and not painted */
    struct tool tool[MAX_TOOLS];
    size_t tools;
    int64_t began, thinking_since, thought_ms;              /* since 0: not thinking */
    int64_t speaking_since;                                 /* 0: no sound is made */
    bool whole;                                             /* the sound is made without us */
    char model_before[sizeof((struct turn_use *)0)->model]; /* that answered last */
    size_t thought_shown; /* bytes of the reasoning that are in `done` */
    bool any_text, gap;   /* gap: an empty line comes before the answer */
};

static void add_line(struct view *v, unsigned style, const char *prefix, str text) {
    struct wrap wrap;
    struct buf safe = BUF_INIT(max_text);
    str line;
    safe_text(&safe, text);
    wrap_init(&wrap, buf_str(&safe), v->c->look.columns - width_of(str_c(prefix)));
    for (bool first = true; wrap_line(&wrap, &line); first = false) {
        struct buf whole = BUF_INIT(max_text);
        buf_add(&whole, first ? str_c(prefix) : S("  "));
        buf_add(&whole, line);
        style_text(&v->done, &v->c->look, style, buf_str(&whole));
        buf_addc(&v->done, '\n');
        buf_free(&whole);
    }
    buf_free(&safe);
}

/* What has come of the answer is finished: something else is said below it. */
static void end_text(struct view *v) {
    markdown_end(&v->answer);
    buf_add(&v->done, markdown_done(&v->answer));
    markdown_taken(&v->answer);
}

static void end_thinking(struct view *v) {
    if (!v->thinking_since) return;
    int64_t ms = clock_ms() - v->thinking_since;
    v->thought_ms += ms;
    v->thinking_since = 0;
    struct buf *all = &v->c->reasoning;
    if (v->c->show_reasoning) {
        add_line(v, STYLE_DIM, "  ", str_skip(buf_str(all), v->thought_shown));
        v->thought_shown = all->n;
    } else {
        char line[64];
        snprintf(line, sizeof line, "thought for %.0f s", (double)ms / 1000);
        add_line(v, STYLE_DIM, "\u25B8 ", str_c(line));
    }
    v->gap = true;
}

static void take_reasoning(struct view *v, str text) {
    end_text(v);
    if (!v->thinking_since) v->thinking_since = clock_ms();
    struct buf *all = &v->c->reasoning;
    buf_add(all, text);
    if (!v->c->show_reasoning) return;
    ptrdiff_t last = str_rchr(str_skip(buf_str(all), v->thought_shown), '\n');
    if (last < 0) return;
    add_line(v, STYLE_DIM, "  ", str_head(str_skip(buf_str(all), v->thought_shown), (size_t)last));
    v->thought_shown += (size_t)last + 1;
}

static void take_text(struct view *v, str text) {
    end_thinking(v);
    if (v->gap && str_trim(text).n) {
        buf_addc(&v->done, '\n');
        v->gap = false;
    }
    markdown_feed(&v->answer, text);
    v->any_text = true;
}

static void take_notice(struct view *v, str line) {
    end_thinking(v);
    end_text(v);
    add_line(v, STYLE_DIM, "! ", line);
}

static void take_tool_start(struct view *v, str id, str name, str arguments) {
    end_thinking(v);
    end_text(v);
    if (v->tools == MAX_TOOLS) return;
    struct tool *tool = &v->tool[v->tools++];
    *tool = (struct tool){ .label = BUF_INIT(max_text), .since = clock_ms() };
    str_copy(tool->id, sizeof tool->id, id);
    safe_line(&tool->label, name);
    buf_addc(&tool->label, ' ');
    safe_line(&tool->label, str_eq(arguments, S("{}")) ? S("") : arguments);
}

/* "✓ name arguments  1.2 s", cut to one line. */
static void tool_line(const struct view *v, const struct tool *tool, str mark, unsigned style,
                      struct buf *out) {
    char time[32];
    int n = snprintf(time, sizeof time, "  %.1f s", (double)(clock_ms() - tool->since) / 1000);
    size_t columns = v->c->look.columns, taken = (size_t)n + 3;
    str label = buf_str(&tool->label),
        head = width_head(label, columns > taken ? columns - taken : 1, NULL);
    style_text(out, &v->c->look, style, mark);
    buf_addc(out, ' ');
    buf_add(out, str_trim(head));
    if (head.n < label.n) buf_add(out, S("\u2026"));
    style_text(out, &v->c->look, STYLE_DIM, (str){ time, (size_t)n });
    buf_addc(out, '\n');
}

/* What a model is told of a failure: {"error": …}, or some text. */
static void tell_tool_failure(struct view *v, str result) {
    struct doc *d = NULL;
    str error;
    if (doc_parse(&d, result, DOC_JSON, NULL, NULL) == CHELA_OK &&
        doc_string(d, doc_get(d, doc_root(d), S("error")), &error))
        result = error;
    add_line(v, STYLE_DIM, "  ", str_head(result, MAX_RESULT));
    doc_free(d);
}

static void take_tool_end(struct view *v, str id, str result, bool failed) {
    for (size_t i = 0; i < v->tools; i++) {
        struct tool *tool = &v->tool[i];
        if (!str_eq(str_c(tool->id), str_head(id, sizeof tool->id - 1))) continue;
        tool_line(v, tool, failed ? S("\u2717") : S("\u2713"), failed ? STYLE_RED : STYLE_GREEN,
                  &v->done);
        buf_free(&tool->label);
        memmove(tool, tool + 1, (--v->tools - i) * sizeof *tool);
        break;
    }
    if (failed) tell_tool_failure(v, result);
    v->gap = true;
}

/* The answer is whole, and a sound is made of it. */
static void take_speech(struct view *v, bool goes_on) {
    end_thinking(v);
    end_text(v);
    v->whole = goes_on;
    if (!v->speaking_since) v->speaking_since = clock_ms();
}

/* The line at the bottom while nothing else moves. */
static void status_lines(const struct view *v, struct buf *out) {
    int64_t now = clock_ms();
    char line[64] = "";
    for (size_t i = 0; i < v->tools; i++) tool_line(v, &v->tool[i], S("\u25CB"), STYLE_DIM, out);
    if (v->thinking_since)
        snprintf(line, sizeof line, "thinking\u2026 %lld s",
                 (long long)(now - v->thinking_since) / 1000);
    else if (v->speaking_since)
        snprintf(line, sizeof line, "making it speak\u2026 %lld s",
                 (long long)(now - v->speaking_since) / 1000);
    else if (!v->any_text && !v->tools && now - v->began > QUIET_MS)
        snprintf(line, sizeof line, "waiting\u2026 %lld s", (long long)(now - v->began) / 1000);
    if (line[0]) {
        style_text(out, &v->c->look, STYLE_DIM, str_c(line));
        buf_addc(out, '\n');
    }
}

static void paint(struct view *v) {
    struct buf open = BUF_INIT(max_text), out = BUF_INIT(max_text);
    buf_add(&v->done, markdown_done(&v->answer));
    markdown_taken(&v->answer);
    markdown_open(&v->answer, &open);
    status_lines(v, &open);
    live_paint(&v->live, buf_str(&v->done), buf_str(&open), &out);
    buf_clear(&v->done);
    cli_print(buf_str(&out));
    fflush(stdout);
    buf_free(&open);
    buf_free(&out);
}

/* ---- a turn ---- */

static void take_event(struct view *v, const struct event *event, str a, str b, str d) {
    switch (event->kind) {
    case EVENT_TEXT: take_text(v, a); break;
    case EVENT_REASONING: take_reasoning(v, a); break;
    case EVENT_NOTICE: take_notice(v, a); break;
    case EVENT_TOOL_START: take_tool_start(v, a, b, d); break;
    case EVENT_TOOL_END: take_tool_end(v, a, d, event->flag); break;
    case EVENT_SPEECH: take_speech(v, event->flag); break;
    }
}

/* Takes what has come; true when the run has ended and nothing is left. */
static bool take_events(struct view *v, struct queue *q) {
    char drained[64];
    while (read(q->wake[0], drained, sizeof drained) > 0) {}
    pthread_mutex_lock(&q->lock);
    struct buf events = q->events;
    bool ended = q->ended;
    buf_init(&q->events, max_text);
    pthread_cond_signal(&q->room);
    pthread_mutex_unlock(&q->lock);
    for (str rest = buf_str(&events); rest.n;) {
        struct event event;
        memcpy(&event, rest.p, sizeof event);
        rest = str_skip(rest, sizeof event);
        str part[3];
        for (size_t i = 0; i < 3; i++) {
            part[i] = str_head(rest, event.length[i]);
            rest = str_skip(rest, event.length[i]);
        }
        take_event(v, &event, part[0], part[1], part[2]);
    }
    buf_free(&events);
    return ended;
}

static bool reflows(const struct conversation *c) {
    const char *term = env_get(c->cli->env, "TERM");
    return !env_get(c->cli->env, "XTERM_VERSION") && !env_get(c->cli->env, "STY") &&
           !(term && strcmp(term, "linux") == 0);
}

static void take_signals(struct view *v) {
    unsigned signals = terminal_signals();
    if (signals & (TERMINAL_INTERRUPT | TERMINAL_END)) chela_cancel(v->c->lib);
    if (signals & TERMINAL_STOP) {
        struct buf out = BUF_INIT(1024);
        live_end(&v->live, &out);
        cli_print(buf_str(&out));
        fflush(stdout);
        buf_free(&out);
        terminal_stop();
    }
    if (signals & TERMINAL_RESIZED) {
        terminal_size(&v->c->look);
        live_resized(&v->live, reflows(v->c));
    }
}

static void watch(struct view *v, struct queue *q) {
    for (bool ended = false; !ended && !v->whole;) {
        struct pollfd fds[] = { { .fd = q->wake[0], .events = POLLIN },
                                { .fd = terminal_fd(), .events = POLLIN } };
        bool clock = v->thinking_since || v->speaking_since || v->tools || !v->any_text;
        poll(fds, 2, clock ? TICK_MS : -1);
        take_signals(v);
        ended = take_events(v, q);
        paint(v);
    }
}

/* The line below an answer. The model is named when it is not the one of the answer before. */
static void tell_use(struct view *v, const struct turn_use *use, const char *model_before) {
    struct buf line = BUF_INIT(1024);
    conversation_tell_use(use, &line);
    if (use->model[0] && strcmp(use->model, model_before) != 0)
        buf_addf(&line, "%s%s", line.n ? ", " : "", use->model);
    buf_addc(&v->done, '\n');
    if (line.n) add_line(v, STYLE_DIM, "  ", buf_str(&line));
    buf_free(&line);
}

static void tell_failure(struct view *v, enum chela_error result) {
    struct err e = ERR_INIT;
    talk_failure(v->c->lib, &e);
    if (v->any_text) buf_addc(&v->done, '\n');
    if (result == CHELA_CANCELLED) {
        add_line(
            v, STYLE_DIM, "\u25A0 ",
            S("Cancelled. Your question and what tools have done are kept, an unfinished answer "
              "is not. /continue goes on."));
    } else {
        add_line(v, STYLE_RED, "\u2717 ", str_c(e.message));
    }
    if (e.hint[0]) add_line(v, STYLE_DIM, "  ", str_c(e.hint));
}

static void finish(struct view *v, const struct job *job) {
    struct conversation *c = v->c;
    enum chela_error result = v->whole ? CHELA_OK : job->queue.result;
    end_thinking(v);
    end_text(v);
    while (v->tools) buf_free(&v->tool[--v->tools].label);
    if (result == CHELA_OK)
        tell_use(v, v->whole ? job->use : conversation_count(c, clock_ms() - v->began),
                 v->model_before);
    else
        tell_failure(v, result);
    buf_addc(&v->done, '\n');
    v->any_text = true; /* nothing is waited for */
    v->speaking_since = 0;
    paint(v);
}

static bool start(struct job *job) {
    sigset_t all, before;
    sigfillset(&all); /* signals are for the thread that paints */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pipe2(job->queue.wake, O_CLOEXEC | O_NONBLOCK) == 0 &&
                   pthread_create(&job->thread, NULL, run_job, job) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static struct job *job_new(struct conversation *c, const char *text) {
    struct job *job = calloc(1, sizeof *job);
    if (!job) return NULL;
    job->conversation = c;
    job->request = conversation_request(c, text);
    job->began = clock_ms();
    job->may_go_on = sound_may_play(c->cli->env);
    pthread_mutex_init(&job->queue.lock, NULL);
    pthread_cond_init(&job->queue.room, NULL);
    buf_init(&job->queue.events, max_text);
    job->queue.wake[0] = job->queue.wake[1] = -1;
    return job;
}

/* The thread has ended, or never began. */
static void job_free(struct job *job) {
    if (!job) return;
    if (job->queue.wake[0] >= 0) close(job->queue.wake[0]);
    if (job->queue.wake[1] >= 0) close(job->queue.wake[1]);
    pthread_mutex_destroy(&job->queue.lock);
    pthread_cond_destroy(&job->queue.room);
    buf_free(&job->queue.events);
    (void)sound_stop(&job->sound, NULL);
    free(job->envelope);
    free(job);
}

static void end_turn(struct view *v, struct job *job) {
    struct conversation *c = v->c;
    watch(v, &job->queue);
    if (!v->whole) pthread_join(job->thread, NULL);
    finish(v, job);
    chat_outputs(c, v->whole ? job->envelope : chela_envelope(c->lib));
    if (v->whole)
        c->speaking = job;
    else
        job_free(job);
}

void chat_turn(struct conversation *c, str text) {
    struct view view = { .c = c, .began = clock_ms(), .done = BUF_INIT(max_text) };
    struct err e = ERR_INIT;
    chat_hush(c);
    if (text.n) buf_clear(&c->asked);
    buf_add(&c->asked, text);
    buf_clear(&c->reasoning);
    if (c->turns)
        str_copy(view.model_before, sizeof view.model_before,
                 str_c(c->use[(c->turns - 1) % CONVERSATION_TURNS].model));
    live_init(&view.live, &c->look);
    markdown_init(&view.answer, &c->look);
    terminal_quiet(true);
    struct job *job = job_new(c, text.n ? c->asked.p : NULL);
    if (job && start(job)) {
        end_turn(&view, job);
    } else {
        err_set(&e, CHELA_IO, "the turn could not be started: %s", strerror(errno));
        conversation_complain(c, &e);
        job_free(job);
    }
    terminal_quiet(false);
    buf_free(&view.done);
    markdown_free(&view.answer);
    live_free(&view.live);
}

/* ---- the sound of the last answer ---- */

bool chat_sounds(const struct conversation *c) {
    return sound_plays(&c->sound) || (c->speaking && !atomic_load(&c->speaking->over));
}

static void tell_notices(struct conversation *c, str events) {
    while (events.n) {
        struct event event;
        memcpy(&event, events.p, sizeof event);
        events = str_skip(events, sizeof event);
        str text = str_head(events, event.length[0]);
        if (event.kind == EVENT_NOTICE) conversation_aside(c, "! %.*s", STR_ARG(text));
        events = str_skip(events, event.length[0] + event.length[1] + event.length[2]);
    }
}

static void hush_job(struct conversation *c, struct job *job) {
    struct err e = ERR_INIT;
    bool by_itself = atomic_load(&job->over);
    atomic_store(&job->sound.cancel, true);
    if (!by_itself) chela_cancel(c->lib);
    pthread_join(job->thread, NULL);
    conversation_recount(c);
    if (by_itself) tell_notices(c, buf_str(&job->queue.events));
    if (sound_stop(&job->sound, &e) != CHELA_OK) conversation_complain(c, &e);
    job_free(job);
}

void chat_hush(struct conversation *c) {
    struct err e = ERR_INIT;
    struct job *job = c->speaking;
    if (sound_stop(&c->sound, &e) != CHELA_OK) conversation_complain(c, &e);
    c->speaking = NULL;
    if (job) hush_job(c, job);
}
