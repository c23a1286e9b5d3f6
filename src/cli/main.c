/* The program. Only this folder prints and exits; what a command fails with is reported here, once,
 * in the same words for everybody. */
#include "base/log.h"
#include "chat/envelope.h"
#include "chela.h"
#include "cli/options.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_WORDS = 512 };

void cli_print(str text) {
    if (text.n) fwrite(text.p, 1, text.n, stdout);
}

bool cli_err_is_terminal(void) {
    return isatty(STDERR_FILENO) != 0;
}

bool cli_out_is_terminal(void) {
    return isatty(STDOUT_FILENO) != 0;
}

bool cli_colour(bool terminal, env_list env) {
    const char *no_color = env_get(env, "NO_COLOR"), *term = env_get(env, "TERM");
    return terminal && !(no_color && *no_color) && !(term && strcmp(term, "dumb") == 0);
}

void cli_note(const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

static void print_log(void *ctx, enum log_level level, const char *line) {
    (void)ctx;
    cli_note("chela: %s%s",
             level == LOG_ERROR  ? "error: "
             : level == LOG_WARN ? "warning: "
                                 : "",
             line);
}

/* For a failure before the command could print an envelope of its own. */
static void print_error_envelope(const struct err *e) {
    struct buf out = BUF_INIT(1u << 16);
    struct json_writer w = JSON_WRITER(&out);
    json_object(&w);
    json_kbool(&w, "ok", false);
    json_key(&w, S("outputs"));
    json_array(&w);
    json_array_end(&w);
    envelope_error(&w, e);
    json_object_end(&w);
    cli_print(buf_str(&out));
    cli_print(S("\n"));
    buf_free(&out);
}

static int report(const struct cli *c, const struct err *e) {
    if (c->json && !c->envelope_printed) print_error_envelope(e);
    fflush(stdout);
    cli_note("chela: %s", e->message[0] ? e->message : err_text(e->code));
    if (e->hint[0]) cli_note("  %s", e->hint);
    return err_exit(e->code);
}

static void print_and_free(struct buf *text) {
    cli_print(buf_str(text));
    buf_free(text);
}

/* "chela infer": the start of several commands. Lists them; false when there are none. */
static bool print_group(const str *args, size_t count) {
    struct buf words = BUF_INIT(4096), text = BUF_INIT(1u << 16);
    for (size_t i = 0; i < count && !str_starts(args[i], S("-")); i++) {
        if (i) buf_addc(&words, ' ');
        buf_add(&words, args[i]);
    }
    bool found = words.n && help_group(buf_str(&words), &text);
    buf_free(&words);
    print_and_free(&text);
    return found;
}

static bool asks_help(str word) {
    return str_eq(word, S("--help")) || str_eq(word, S("-h"));
}

enum chela_error cli_run(struct cli *c, const str *args, size_t count, struct err *e) {
    size_t used = 0;
    c->command = options_command(args, count, &used, e);
    if (!c->command) return print_group(args, count) ? CHELA_OK : CHELA_USAGE;
    for (size_t i = used; i < count; i++) {
        if (str_eq(args[i], S("--"))) break;
        if (c->command->passes_words && !str_starts(args[i], S("-"))) break;
        if (asks_help(args[i])) {
            struct buf text = BUF_INIT(1u << 16);
            help_command(c->command, &text);
            print_and_free(&text);
            return CHELA_OK;
        }
        /* before parsing, so that a bad option is told in the envelope too */
        if (str_eq(args[i], S("--json"))) c->json = true;
    }
    enum chela_error rc = options_parse(c, args + used, count - used, e);
    if (rc == CHELA_OK && c->explain && !c->command->can_explain)
        rc = err_set(e, CHELA_USAGE, "chela %s sends no request: there is nothing to explain",
                     c->command->path);
    return rc == CHELA_OK ? c->command->run(c, e) : rc;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away is a write error, told at the end */
    log_to(print_log, NULL, LOG_WARN);
    static str args[MAX_WORDS];
    static struct cli c;
    size_t count = 0;
    struct err e = ERR_INIT;
    c.env = (env_list)environ;
    for (int i = 1; i < argc; i++) {
        if (count == MAX_WORDS) {
            err_set(&e, CHELA_USAGE, "more than %d words on the command line", MAX_WORDS);
            return report(&c, &e);
        }
        args[count++] = str_c(argv[i]);
    }
    bool help_word = count && str_eq(args[0], S("help"));
    if (count == 0 || asks_help(args[0]) || (help_word && count == 1)) {
        struct buf text = BUF_INIT(1u << 16);
        help_overview(&text);
        print_and_free(&text);
        return 0;
    }
    if (str_eq(args[0], S("--version")) || str_eq(args[0], S("-V"))) {
        printf("chela %s\n", chela_version());
        return 0;
    }
    if (help_word) { /* "chela help doc get" is "chela doc get --help" */
        for (size_t i = 1; i < count; i++) args[i - 1] = args[i];
        args[count - 1] = S("--help");
    }
    enum chela_error rc = cli_run(&c, args, count, &e);
    if (fflush(stdout) != 0 && rc == CHELA_OK)
        rc = err_set(&e, CHELA_IO, "writing the result failed: %s", strerror(errno));
    return rc == CHELA_OK ? c.exit_code : report(&c, &e);
}
