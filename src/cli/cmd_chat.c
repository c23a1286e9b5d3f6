/* chela chat: a conversation at the terminal, or through pipes.
 *
 * Plain mode is one message a line: a script that writes questions into a pipe can't end one
 * otherwise, and what it reads is the answers and nothing else.
 */
#include "cli/conversation.h"

#include "agent/session.h"
#include "base/file.h"
#include "cli/talk.h"
#include "term/terminal.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const size_t max_message = 64u << 20;

static const struct option_spec options[] = {
    { "session-id", 0, OPTION_TEXT, "ID", "the conversation to go on with (main)" },
    { "session", 0, OPTION_TEXT, "ID", NULL }, /* OpenClaw's tui */
    { "model", 0, OPTION_TEXT, "REF", "the model, as openrouter/<author>/<model>" },
    { "thinking", 0, OPTION_TEXT, "LEVEL",
      "off, minimal, low, medium, high, or xhigh where offered" },
    { "agent", 0, OPTION_TEXT, "ID", "whose settings apply: an id of agents.list" },
    { "local", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};

static enum chela_error copy(char *dst, size_t cap, str text, const char *option, struct err *e) {
    if (str_copy(dst, cap, text)) return CHELA_OK;
    return err_set(e, CHELA_USAGE, "--%s is longer than %zu characters", option, cap - 1);
}

static enum chela_error begin(struct conversation *c, struct cli *cli, struct err *e) {
    *c = (struct conversation){ .cli = cli,
                                .agent = cli_text(cli, "agent"),
                                .reasoning = BUF_INIT(max_message),
                                .asked = BUF_INIT(max_message),
                                .sum = { .cost = 0 } };
    str session = cli_given(cli, "session-id") ? cli_text(cli, "session-id")
                  : cli_given(cli, "session")  ? cli_text(cli, "session")
                                               : S("main");
    enum chela_error rc = session_check_id(session, e);
    if (rc == CHELA_OK) rc = copy(c->session, sizeof c->session, session, "session-id", e);
    if (rc == CHELA_OK) rc = copy(c->model, sizeof c->model, cli_text(cli, "model"), "model", e);
    if (rc == CHELA_OK)
        rc = copy(c->thinking, sizeof c->thinking, cli_text(cli, "thinking"), "thinking", e);
    if (rc != CHELA_OK) return rc;
    c->plain = !isatty(STDIN_FILENO) || !cli_out_is_terminal();
    terminal_size(&c->look);
    c->look.colour = cli_colour(!c->plain, cli->env);
    const char *term = env_get(cli->env, "TERM");
    c->look.moves = !c->plain && term && strcmp(term, "dumb") != 0;
    c->lib = chela_open(cli->env);
    c->use = calloc(CONVERSATION_TURNS, sizeof *c->use);
    if (!c->lib || !c->use) return err_set(e, CHELA_NOMEM, "out of memory");
    if (chela_failed(c->lib) == CHELA_OK) return CHELA_OK;
    return talk_failure(c->lib, e);
}

static void end(struct conversation *c) {
    chat_hush(c);
    catalog_free(c->catalog);
    config_free(c->config);
    chela_close(c->lib);
    free(c->use);
    buf_free(&c->reasoning);
    buf_free(&c->asked);
}

/* ---- plain ---- */

void chat_plain_turn(struct conversation *c, str text) {
    struct err e = ERR_INIT;
    if (text.n) buf_clear(&c->asked);
    buf_add(&c->asked, text);
    const struct chela_request request = conversation_request(c, text.n ? c->asked.p : NULL);
    enum chela_error rc = talk_run(c->cli, c->lib, &request, &e);
    if (rc == CHELA_OK) {
        conversation_count(c, 0);
    } else {
        conversation_complain(c, &e);
        if (c->failed == CHELA_OK) c->failed = rc;
        if (rc == CHELA_CANCELLED) c->leave = true;
    }
}

static void take_line(struct conversation *c, str line) {
    line = str_trim(line);
    if (chat_is_command(line))
        chat_command(c, line);
    else if (line.n)
        chat_plain_turn(c, line);
}

static enum chela_error converse_plainly(struct conversation *c, struct err *e) {
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while (!c->leave && (n = getline(&line, &room, stdin)) >= 0)
        take_line(c, (str){ line, (size_t)n });
    free(line);
    if (c->failed == CHELA_OK) return CHELA_OK;
    return err_set(e, c->failed, "not every message was answered");
}

/* ---- at a terminal ---- */

static void greet(const struct conversation *c) {
    conversation_aside(c, "chela %s, session %s. /help lists the commands, Ctrl-D leaves.",
                       chela_version(), c->session);
}

/* Ctrl-C while a sound is played means the sound. */
static bool take_interrupt(void *ctx) {
    struct conversation *c = ctx;
    if (!chat_sounds(c)) return false;
    chat_hush(c);
    return true;
}

static enum chela_error converse(struct conversation *c, struct err *e) {
    char history[PATH_MAX + 16] = "";
    struct err note = ERR_INIT;
    struct config_paths *paths = calloc(1, sizeof *paths);
    if (paths && config_paths(paths, c->cli->env, NULL) == CHELA_OK &&
        file_mkdirs(paths->state, 0700, NULL) == CHELA_OK)
        snprintf(history, sizeof history, "%s/history", paths->state);
    free(paths);
    enum chela_error rc = terminal_open(e);
    if (rc != CHELA_OK) return rc;
    rc = edit_open(&c->edit,
                   &(struct edit_options){ .look = &c->look,
                                           .prompt = "\u203A ",
                                           .history = history[0] ? history : NULL,
                                           .complete = chat_complete,
                                           .interrupt = take_interrupt,
                                           .ctx = c },
                   &note);
    if (rc != CHELA_OK) {
        terminal_close();
        return err_set(e, rc, "%s", note.message);
    }
    greet(c);
    if (note.code != CHELA_OK) conversation_complain(c, &note);
    enum edit_outcome outcome = EDIT_LEAVE;
    str line;
    while (!c->leave && !terminal_end_signal() &&
           (outcome = edit_read(c->edit, &line)) == EDIT_LINE) {
        str text = str_trim(line);
        if (!text.n) continue;
        edit_remember(c->edit, line);
        terminal_size(&c->look);
        if (chat_is_command(text)) {
            chat_command(c, text);
            cli_print(c->leave ? S("") : S("\n"));
        } else {
            chat_turn(c, text);
        }
    }
    edit_close(c->edit);
    terminal_close();
    int signal = terminal_end_signal();
    if (signal) return err_set(e, CHELA_CANCELLED, "ended by signal %d", signal);
    if (outcome == EDIT_LEAVE && !c->leave) cli_print(S("\n"));
    return CHELA_OK;
}

static enum chela_error run(struct cli *cli, struct err *e) {
    struct conversation *c = calloc(1, sizeof *c);
    if (!c) return err_set(e, CHELA_NOMEM, "out of memory");
    enum chela_error rc = begin(c, cli, e);
    if (rc == CHELA_OK) rc = c->plain ? converse_plainly(c, e) : converse(c, e);
    end(c);
    free(c);
    return rc;
}

const struct command cmd_chat = {
    .path = "chat",
    .alias = "tui",
    .summary = "Converse at the terminal",
    .details =
        "Type a message and Enter; Alt-Enter begins a new line of it. Lines that begin with / are\n"
        "commands: /help lists them, Tab completes them and the names of models. Ctrl-C ends an\n"
        "answer, or the sound of one, Ctrl-D leaves. The conversation is kept under its session "
        "id. Where standard\n"
        "input or output is no terminal, each line is a message and the answers are plain text.",
    .options = options,
    .run = run,
};
