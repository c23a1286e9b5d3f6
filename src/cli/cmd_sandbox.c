/* chela sandbox: starts the program that answers off line. It is a program of its own so that chela
 * itself need not load an event loop and TLS; this command finds it and becomes it. */
#include "cli/cli.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct option_spec options[] = {
    { "port", 'p', OPTION_INT, "PORT", "where to listen (8484); 0: any free port" },
    { "bind", 0, OPTION_TEXT, "ADDRESS", "address to listen on (127.0.0.1)" },
    { "fault", 0, OPTION_TEXT, "SPEC",
      "misbehave: delay=MS stall=N cut=K status=CODE …; may be repeated" },
    { "record", 0, OPTION_TEXT, "FILE", "append each request and answer as a line of JSON" },
    { "replay", 0, OPTION_TEXT, "FILE", "serve recorded answers" },
    { "tls", 0, OPTION_FLAG, NULL, "HTTPS with a test CA, and CONNECT, as openrouter.ai" },
    { "ca", 0, OPTION_TEXT, "FILE", "where --tls writes the certificate of its CA" },
    { "pace", 0, OPTION_INT, "MS", "wait between two pieces of an answer" },
    { "quiet", 'q', OPTION_FLAG, NULL, "no line for each request" },
    { 0 },
};

enum {
    OPTIONS = sizeof options / sizeof options[0],
    MAX_ARGUMENTS = 2 * OPTIONS * CLI_MAX_REPEATS + 4,
};

/* Beside chela (a build tree), else ../libexec/chela (an installation). */
static bool find_program(char *path, size_t cap) {
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) return false;
    str folder =
        str_head((str){ self, (size_t)n }, (size_t)str_rchr((str){ self, (size_t)n }, '/'));
    static const char *const places[] = { "chela-gateway", "../libexec/chela/chela-gateway" };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int len = snprintf(path, cap, "%.*s/%s", STR_ARG(folder), places[i]);
        if (len > 0 && (size_t)len < cap && access(path, X_OK) == 0) return true;
    }
    return false;
}

static enum chela_error run(struct cli *c, struct err *e) {
    char path[PATH_MAX + 64];
    if (!find_program(path, sizeof path)) {
        err_set(e, CHELA_UNAVAILABLE, "the program chela-gateway is not installed");
        return err_hint(e, CHELA_UNAVAILABLE, "it belongs beside chela or in ../libexec/chela");
    }
    static char names[OPTIONS][32];
    char *argv[MAX_ARGUMENTS] = { path, (char[]){ "sandbox" } };
    size_t n = 2;
    for (size_t i = 0; options[i].name; i++) {
        const struct cli_value *v = &c->value[i];
        snprintf(names[i], sizeof names[i], "--%s", options[i].name);
        for (size_t k = 0; k < v->count; k++) { /* --fault counts each time, others the last */
            argv[n++] = names[i];
            if (options[i].kind != OPTION_FLAG) argv[n++] = (char *)(uintptr_t)v->text[k].p;
        }
    }
    execve(path, argv, (char **)(uintptr_t)c->env);
    return err_set(e, CHELA_UNAVAILABLE, "%s: %s", path, strerror(errno));
}

const struct command cmd_sandbox = {
    .path = "sandbox",
    .summary = "Be an OpenRouter that runs off line, for nothing",
    .details =
        "Answers /api/v1/chat/completions, /models and /key locally (and under /v1), streamed\n"
        "or not, with tools and JSON schemas. Point models.providers.openrouter.baseUrl, or any\n"
        "OpenAI SDK, at the address it prints. Its model, sandbox/agent, is rules, not a\n"
        "language model, and says so.",
    .options = options,
    .run = run,
};
