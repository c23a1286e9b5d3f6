/* Streaming text goes to stdout as it arrives; with --json nothing but the envelope does. Reasoning
 * and notices are progress: they go to stderr, and only to a terminal. */
#include "cli/talk.h"

#include "base/file.h"
#include "cli/sound.h"
#include "term/safe.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 30 };
static const size_t max_prompt = 64u << 20;

enum chela_error talk_prompt(const struct cli *c, const char *option, struct buf *out,
                             struct err *e) {
    buf_init(out, max_prompt);
    const str *texts;
    size_t count = cli_texts(c, option, &texts);
    static const str standard_input = STR_INIT("-");
    if (count == 0) {
        if (isatty(STDIN_FILENO)) {
            err_set(e, CHELA_USAGE, "chela %s: --%s is missing", c->command->path, option);
            return err_hint(e, CHELA_USAGE, "give --%s \"…\", or pipe the text in", option);
        }
        texts = &standard_input;
        count = 1;
    }
    for (size_t i = 0; i < count; i++) {
        if (i) buf_add(out, S("\n\n"));
        if (!str_eq(texts[i], S("-")))
            buf_add(out, texts[i]);
        else if (file_read_fd(STDIN_FILENO, "standard input", out, e) != CHELA_OK)
            return e->code;
    }
    if (out->failed)
        return err_set(e, CHELA_LIMIT, "the text is larger than %zu bytes", max_prompt);
    if (!str_trim(buf_str(out)).n) {
        err_set(e, CHELA_USAGE, "chela %s: the text is empty", c->command->path);
        return err_hint(e, CHELA_USAGE, "give --%s \"…\", or pipe the text in", option);
    }
    return CHELA_OK;
}

const char *const *talk_files(const struct cli *c, const char *option,
                              const char *list[CLI_MAX_REPEATS + 1]) {
    const str *paths;
    size_t count = cli_texts(c, option, &paths);
    for (size_t i = 0; i < count; i++) list[i] = paths[i].p;
    list[count] = NULL;
    return count ? list : NULL;
}

static struct chela *running; /* for the signal handler; set while chela_run is under way */

static void on_interrupt(int sig) {
    if (!running) _exit(128 + sig);
    chela_cancel(running);
    running = NULL; /* a second Ctrl-C does not wait */
}

struct screen {
    bool text_printed, line_open, out_is_terminal; /* stdout */
    bool show_progress, reasoning_open, colour;    /* stderr */
};

static void close_reasoning(struct screen *s) {
    if (s->reasoning_open) fputs(s->colour ? "\033[0m\n" : "\n", stderr);
    s->reasoning_open = false;
}

/* A file gets every byte of a model's text, a terminal nothing that acts there. */
static void put(FILE *to, bool terminal, str text) {
    struct buf safe = BUF_INIT(max_prompt);
    if (terminal) safe_text(&safe, text);
    if (terminal) text = buf_str(&safe);
    if (text.n) fwrite(text.p, 1, text.n, to);
    buf_free(&safe);
}

static void show_text(void *ctx, const char *text, size_t length) {
    struct screen *s = ctx;
    close_reasoning(s);
    put(stdout, s->out_is_terminal, (str){ text, length });
    fflush(stdout);
    s->text_printed = true;
    s->line_open = length && text[length - 1] != '\n';
}

static void show_reasoning(void *ctx, const char *text, size_t length) {
    struct screen *s = ctx;
    if (!s->show_progress) return;
    if (!s->reasoning_open && s->colour) fputs("\033[2m", stderr);
    s->reasoning_open = true;
    put(stderr, true, (str){ text, length });
}

/* What the model said before it called a tool is a paragraph of its own. */
static void end_line(struct screen *s) {
    close_reasoning(s);
    if (s->line_open) cli_print(S("\n"));
    s->line_open = false;
}

static void show_tool_start(void *ctx, const char *id, const char *name, const char *arguments) {
    struct screen *s = ctx;
    (void)id;
    end_line(s);
    if (!s->show_progress) return;
    struct buf line = BUF_INIT(max_prompt);
    safe_line(&line, str_c(name));
    buf_addc(&line, ' ');
    safe_line(&line, str_head(str_c(arguments), 200));
    cli_note("%s%.*s%s", s->colour ? "\033[2m" : "", STR_ARG(buf_str(&line)),
             s->colour ? "\033[0m" : "");
    buf_free(&line);
}

static void show_tool_end(void *ctx, const char *id, const char *name, const char *result,
                          int failed) {
    struct screen *s = ctx;
    (void)id;
    if (s->show_progress && failed) cli_note("chela: %s: %.400s", name, result);
}

static void show_notice(void *ctx, const char *line) {
    struct screen *s = ctx;
    close_reasoning(s);
    cli_note("chela: %s", line);
}

enum chela_error talk_failure(struct chela *lib, struct err *e) {
    err_set(e, chela_failed(lib), "%s", chela_message(lib));
    e->http_status = chela_http_status(lib);
    if (chela_hint(lib)[0]) err_hint(e, e->code, "%s", chela_hint(lib));
    return e->code;
}

static enum chela_error explain(struct cli *c, struct chela *lib,
                                const struct chela_request *request, struct err *e) {
    enum chela_explain_form form = CHELA_EXPLAIN_TEXT;
    if (c->explain_json || c->json)
        form = CHELA_EXPLAIN_JSON;
    else if (cli_colour(cli_out_is_terminal(), c->env))
        form = CHELA_EXPLAIN_COLOUR;
    const char *text = chela_explain(lib, request, form);
    if (!text) return talk_failure(lib, e);
    cli_print(str_c(text));
    cli_print(str_ends(str_c(text), S("\n")) ? S("") : S("\n"));
    return CHELA_OK;
}

static enum chela_error print_envelope(struct cli *c, struct chela *lib, struct err *e) {
    const char *envelope = chela_envelope(lib);
    if (!envelope) return err_set(e, CHELA_NOMEM, "the result does not fit into memory");
    cli_print(str_c(envelope));
    cli_print(S("\n"));
    c->envelope_printed = true;
    return CHELA_OK;
}

static volatile sig_atomic_t hushed;

static void on_hush(int sig) {
    (void)sig;
    hushed = 1;
}

/* Sounds come after their text; where nothing plays, their paths are worth as much. */
static void play_sounds(const struct cli *c, struct chela *lib) {
    struct sound sound = { 0 };
    struct err why = ERR_INIT;
    struct sigaction action = { .sa_handler = on_hush }, interrupt, terminate;
    if (!sound_take(&sound, chela_envelope(lib), c->env)) return;
    hushed = 0;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &interrupt);
    sigaction(SIGTERM, &action, &terminate);
    bool plays = sound_start(&sound, &why) == CHELA_OK;
    for (size_t i = 0; !plays && i < sound.count; i++) cli_note("chela: spoken: %s", sound.file[i]);
    while (!hushed && sound_plays(&sound)) poll(NULL, 0, LOOK_MS);
    if (sound_stop(&sound, &why) != CHELA_OK) cli_note("chela: %s; %s", why.message, why.hint);
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGTERM, &terminate, NULL);
}

enum chela_error talk_run(struct cli *c, struct chela *lib, const struct chela_request *request,
                          struct err *e) {
    struct screen screen = { .out_is_terminal = cli_out_is_terminal(),
                             .show_progress = !c->json && cli_err_is_terminal(),
                             .colour = cli_colour(cli_err_is_terminal(), c->env) };
    struct chela_events events = { .ctx = &screen,
                                   .reasoning = show_reasoning,
                                   .notice = show_notice,
                                   .tool_start = show_tool_start,
                                   .tool_end = show_tool_end };
    if (!c->json) events.text = show_text;
    struct sigaction action = { .sa_handler = on_interrupt }, before;
    sigemptyset(&action.sa_mask);
    running = lib;
    sigaction(SIGINT, &action, &before);
    sigaction(SIGTERM, &action, NULL);
    enum chela_error rc = chela_run(lib, request, &events);
    running = NULL;
    sigaction(SIGINT, &before, NULL);
    end_line(&screen);
    if (rc != CHELA_OK) talk_failure(lib, e);
    if (rc == CHELA_CANCELLED && screen.text_printed)
        err_hint(e, rc, "what was printed is all that was received; it is not a whole answer");
    if (rc == CHELA_OK && !c->json && cli_out_is_terminal()) play_sounds(c, lib);
    if (!c->json) return rc;
    enum chela_error printed = print_envelope(c, lib, e);
    return rc == CHELA_OK ? printed : rc;
}

enum chela_error talk(struct cli *c, const struct chela_request *request, struct err *e) {
    struct chela *lib = chela_open(c->env);
    if (!lib) return err_set(e, CHELA_NOMEM, "out of memory");
    enum chela_error rc = c->explain ? explain(c, lib, request, e) : talk_run(c, lib, request, e);
    chela_close(lib);
    return rc;
}
