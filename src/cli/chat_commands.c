/* Commands inside a conversation: a table, and the small ones. A new one is a function and a line.
 */
#include "cli/conversation.h"

#include "agent/session.h"
#include "base/suggest.h"
#include "cli/talk.h"
#include "term/safe.h"
#include "term/style.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LISTED_TURNS = 20 };
static const size_t max_text = 64u << 20;

static enum chela_error help(struct conversation *c, str words, struct err *e);

static enum chela_error leave(struct conversation *c, str words, struct err *e) {
    (void)words;
    (void)e;
    c->leave = true;
    return CHELA_OK;
}

static enum chela_error resume(struct conversation *c, str words, struct err *e) {
    (void)words;
    (void)e;
    if (c->plain)
        chat_plain_turn(c, S(""));
    else
        chat_turn(c, S(""));
    return CHELA_OK;
}

static enum chela_error new_session(struct conversation *c, str words, struct err *e) {
    char name[sizeof c->session];
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    strftime(name, sizeof name, "chat-%Y%m%d-%H%M%S", &local);
    str id = words.n ? words : str_c(name);
    enum chela_error rc = session_check_id(id, e);
    if (rc != CHELA_OK) return rc;
    str_copy(c->session, sizeof c->session, id);
    conversation_aside(c, "session %s", c->session);
    return CHELA_OK;
}

static enum chela_error reasoning(struct conversation *c, str words, struct err *e) {
    if (str_eq(words, S("on")) || str_eq(words, S("off"))) {
        c->show_reasoning = str_eq(words, S("on"));
        conversation_aside(c, "reasoning is %s", c->show_reasoning ? "shown" : "folded");
        return CHELA_OK;
    }
    if (words.n) return err_set(e, CHELA_USAGE, "/reasoning takes on, off, or nothing");
    if (!c->reasoning.n) {
        conversation_aside(c, "the last answer came without reasoning");
        return CHELA_OK;
    }
    struct buf safe = BUF_INIT(2 * max_text), styled = BUF_INIT(2 * max_text);
    safe_text(&safe, str_trim(buf_str(&c->reasoning)));
    style_text(&styled, &c->look, STYLE_DIM, buf_str(&safe));
    buf_addc(&styled, '\n');
    cli_print(buf_str(&styled));
    buf_free(&safe);
    buf_free(&styled);
    return CHELA_OK;
}

static enum chela_error explain(struct conversation *c, str words, struct err *e) {
    struct buf text = BUF_INIT(max_text);
    buf_add(&text, words.n ? words : c->asked.n ? buf_str(&c->asked) : S("Hello"));
    const struct chela_request request = conversation_request(c, text.p);
    chat_hush(c);
    const char *explained = chela_explain(c->lib, &request, CHELA_EXPLAIN_TEXT);
    enum chela_error rc = CHELA_OK;
    if (explained)
        conversation_say(c, str_trim(str_c(explained)));
    else
        rc = talk_failure(c->lib, e);
    buf_free(&text);
    return rc;
}

static enum chela_error cost(struct conversation *c, str words, struct err *e) {
    (void)words;
    (void)e;
    if (!c->turns) {
        conversation_aside(c, "nothing was asked yet");
        return CHELA_OK;
    }
    struct buf out = BUF_INIT(1u << 16);
    size_t first = c->turns > LISTED_TURNS ? c->turns - LISTED_TURNS : 0;
    for (size_t i = first; i < c->turns; i++) {
        const struct turn_use *use = &c->use[i % CONVERSATION_TURNS];
        buf_addf(&out, "%4zu  ", i + 1);
        conversation_tell_use(use, &out);
        buf_addf(&out, ", %s\n", use->model[0] ? use->model : "unknown model");
    }
    buf_add(&out, S(" sum  "));
    conversation_tell_use(&c->sum, &out);
    if (c->sum.in > 0)
        buf_addf(&out, "; %.0f %% of what went in came from the cache",
                 100.0 * (double)c->sum.cached / (double)c->sum.in);
    conversation_say(c, buf_str(&out));
    buf_free(&out);
    return CHELA_OK;
}

/* ---- the table ---- */

static const struct chat_command {
    const char *name, *words, *help;
    enum chela_error (*run)(struct conversation *c, str words, struct err *e);
    void (*offer)(struct conversation *c, str typed, struct edit_words *out);
} commands[] = {
    { "model", "[REF]", "the model; Tab completes its name", chat_model, chat_offer_models },
    { "think", "[LEVEL]", "how much it thinks before it answers", chat_think, chat_offer_levels },
    { "reasoning", "[on|off]", "show what it thought last; always or never", reasoning, NULL },
    { "continue", "", "finish the turn that was interrupted", resume, NULL },
    { "new", "[ID]", "begin another conversation, or go to one", new_session, NULL },
    { "sessions", "", "the conversations that are kept", chat_sessions, NULL },
    { "save", "FILE", "write this one as Markdown, or as JSON to a .json", chat_save, NULL },
    { "explain", "[TEXT]", "what would be sent, and why", explain, NULL },
    { "cost", "", "what the answers took, each and together", cost, NULL },
    { "help", "", "this list", help, NULL },
    { "quit", "", "leave; so does Ctrl-D", leave, NULL },
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static enum chela_error help(struct conversation *c, str words, struct err *e) {
    (void)words;
    (void)e;
    struct buf out = BUF_INIT(1u << 16);
    for (size_t i = 0; i < COMMANDS; i++) {
        char name[64];
        snprintf(name, sizeof name, "/%s %s", commands[i].name, commands[i].words);
        buf_addf(&out, "%-22s %s\n", name, commands[i].help);
    }
    buf_add(&out, S("\nAlt-Enter, or \\ at the end, begins a new line of a message. Ctrl-C ends an "
                    "answer."));
    conversation_say(c, buf_str(&out));
    buf_free(&out);
    return CHELA_OK;
}

/* "/name rest"; the name is letters alone. */
static bool split(str line, str *name, str *rest) {
    str word;
    if (!str_starts(line, S("/"))) return false;
    str_cut(str_skip(line, 1), ' ', &word, rest);
    for (size_t i = 0; i < word.n; i++)
        if (ascii_lower(word.p[i]) < 'a' || ascii_lower(word.p[i]) > 'z') return false;
    *name = word;
    *rest = str_trim(*rest);
    return true;
}

bool chat_is_command(str line) {
    str name, rest;
    return split(line, &name, &rest);
}

static const struct chat_command *find(str name) {
    for (size_t i = 0; i < COMMANDS; i++)
        if (str_ieq(str_c(commands[i].name), name)) return &commands[i];
    return NULL;
}

static enum chela_error unknown(str name, struct err *e) {
    struct suggest near;
    suggest_init(&near, name);
    for (size_t i = 0; i < COMMANDS; i++) suggest_offer(&near, str_c(commands[i].name));
    err_set(e, CHELA_USAGE, "there is no command /%.*s", STR_ARG(name));
    if (near.best.n) return err_hint(e, CHELA_USAGE, "did you mean /%.*s?", STR_ARG(near.best));
    return err_hint(e, CHELA_USAGE, "/help lists them; a blank before the / makes it a message");
}

void chat_command(struct conversation *c, str line) {
    str name, rest;
    struct err e = ERR_INIT;
    if (!split(line, &name, &rest)) return;
    const struct chat_command *command = find(name);
    enum chela_error rc = command ? command->run(c, rest, &e) : unknown(name, &e);
    if (rc == CHELA_OK) return;
    conversation_complain(c, &e);
    if (c->failed == CHELA_OK) c->failed = rc;
}

void chat_complete(void *conversation, str line, struct edit_words *words) {
    struct conversation *c = conversation;
    str name, rest;
    bool named = str_chr(line, ' ') >= 0;
    if (!split(line, &name, &rest)) return;
    if (named) {
        const struct chat_command *command = find(name);
        str typed = str_skip(line, (size_t)str_rchr(line, ' ') + 1);
        words->from = line.n - typed.n;
        if (command && command->offer) command->offer(c, typed, words);
        return;
    }
    words->from = 1;
    for (size_t i = 0; i < COMMANDS; i++)
        if (str_starts(str_c(commands[i].name), name)) edit_offer(words, str_c(commands[i].name));
}
