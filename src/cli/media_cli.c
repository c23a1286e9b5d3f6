#include "cli/media_cli.h"

#include "base/clock.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum { REDRAW_MS = 200 };

static atomic_bool cancelled;

static void on_interrupt(int sig) {
    if (atomic_exchange(&cancelled, true)) _exit(128 + sig); /* a second Ctrl-C does not wait */
}

static void take_signals(void (*handler)(int)) {
    struct sigaction action = { .sa_handler = handler };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

enum chela_error media_cli_begin(struct media_cli *m, struct cli *c, const char *what,
                                 struct err *e) {
    *m = (struct media_cli){ .cli = c, .what = what, .cancel = &cancelled, .start = clock_ms() };
    enum chela_error rc = config_load(&m->config, c->env, e);
    m->rules = (struct picture_rules){ .home = env_get(c->env, "HOME"), .cancel = &cancelled };
    atomic_store(&cancelled, false);
    take_signals(on_interrupt);
    return rc;
}

void media_cli_end(struct media_cli *m) {
    take_signals(SIG_DFL);
    media_cli_clear(m);
    config_free(m->config);
}

void media_cli_clear(struct media_cli *m) {
    if (m->line_open) fputs("\r\033[K", stderr);
    m->line_open = false;
}

void media_cli_line(struct media_cli *m, const char *line) {
    int64_t now = clock_ms();
    if (m->cli->json || !cli_err_is_terminal() || now - m->drawn < REDRAW_MS) return;
    m->drawn = now;
    m->line_open = true;
    fprintf(stderr, "\r%s: %s\033[K", m->what, line);
    fflush(stderr);
}

void media_cli_progress(struct media_cli *m, const char *detail) {
    char line[128];
    snprintf(line, sizeof line, "%lld s%s%s", (long long)((clock_ms() - m->start) / 1000),
             *detail ? ", " : "", detail);
    media_cli_line(m, line);
}

void media_cli_notice(void *ctx, const char *line) {
    media_cli_clear(ctx);
    cli_note("chela: %s", line);
}

static void note_overrides(const struct media_result *r) {
    for (size_t i = 0; i < r->overrides; i++) {
        const struct media_override *o = &r->override[i];
        if (o->applied.n)
            cli_note("chela: %.*s: %.*s instead of %.*s: %.*s", STR_ARG(o->key),
                     STR_ARG(o->applied), STR_ARG(o->value), STR_ARG(o->reason));
        else
            cli_note("chela: %.*s %.*s has no effect: %.*s", STR_ARG(o->key), STR_ARG(o->value),
                     STR_ARG(o->reason));
    }
}

enum chela_error media_cli_output(struct media_cli *m, str *output, struct err *e) {
    *output = cli_text(m->cli, "output");
    m->pour = str_eq(*output, S("-"));
    if (!m->pour || m->cli->explain) return CHELA_OK;
    *output = (str){ 0 };
    if (m->cli->json)
        return err_set(e, CHELA_USAGE, "--output - and --json both want standard output");
    if (!cli_out_is_terminal()) return CHELA_OK;
    err_set(e, CHELA_USAGE, "standard output is a terminal, and a %s is bytes", m->what);
    return err_hint(e, CHELA_USAGE, "give a file to --output, or lead it into a pipe");
}

/* The first file, which then is not needed any more, unless a job has its name; others, and one
 * that could not be poured, were paid for and stay where they are. */
static enum chela_error pour(const struct media_result *r, struct err *e) {
    char bytes[64 << 10];
    const char *path = r->file[0].path.p;
    FILE *in = fopen(path, "rb");
    size_t n;
    bool good = in != NULL;
    while (good && (n = fread(bytes, 1, sizeof bytes, in)) > 0)
        good = fwrite(bytes, 1, n, stdout) == n;
    good = good && !ferror(in) && fflush(stdout) == 0;
    if (in) fclose(in);
    if (good && !r->job.n) unlink(path);
    for (size_t i = 1; i < r->files; i++) cli_note("chela: kept: %s", r->file[i].path.p);
    if (good) return CHELA_OK;
    err_set(e, CHELA_IO, "standard output takes no more");
    return err_hint(e, CHELA_IO, "the file is kept: %s", path);
}

enum chela_error media_cli_print(struct media_cli *m, const struct media_result *r,
                                 enum chela_error rc, struct err *e) {
    media_cli_clear(m);
    if (!m->cli->json) {
        if (r->attempts) note_overrides(r);
        if (m->pour && r->files) return rc == CHELA_OK ? pour(r, e) : rc;
        for (size_t i = 0; i < r->files; i++) {
            cli_print(r->file[i].path);
            cli_print(S("\n"));
        }
        return rc;
    }
    struct buf text = BUF_INIT(16u << 20);
    media_result_json(r, e, &text);
    if (text.failed) {
        buf_free(&text);
        return rc == CHELA_OK ? err_set(e, CHELA_NOMEM, "the result does not fit into memory") : rc;
    }
    media_cli_text(&text);
    m->cli->envelope_printed = true;
    buf_free(&text);
    return rc;
}

void media_cli_text(const struct buf *text) {
    cli_print(buf_str(text));
    if (!str_ends(buf_str(text), S("\n"))) cli_print(S("\n"));
}

enum chela_error media_cli_timeout(const struct cli *c, int64_t *ms, struct err *e) {
    *ms = cli_int(c, "timeout-ms", 0);
    if (cli_given(c, "timeout-ms") && (*ms < 1 || *ms > 86400000))
        return err_set(e, CHELA_USAGE, "--timeout-ms takes 1 to 86400000 milliseconds");
    return CHELA_OK;
}

bool media_cli_wants_json(const struct cli *c) {
    return c->json || c->explain_json;
}

bool media_cli_wants_colour(const struct cli *c) {
    return cli_colour(cli_out_is_terminal(), c->env);
}
