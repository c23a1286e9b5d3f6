/* chela sessions list | show | export | remove: the conversations that are kept. */
#include "agent/session_lock.h"
#include "agent/transcript.h"
#include "base/file.h"
#include "cli/ask.h"
#include "cli/columns.h"
#include "cli/sessions.h"
#include "term/markdown.h"

#include <stdio.h>

static const size_t max_text = 512u << 20;

#define JSON_OPTION                                                                                \
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of text" }

/* ---- list ---- */

static void list_for_people(const struct session_info *list, size_t count, struct arena *a,
                            struct buf *out) {
    static const struct column columns[] = {
        { .title = "SESSION", .shrink = 24 },
        { .title = "TURNS", .right = true },
        { .title = "MESSAGES", .right = true },
        { .title = "MODEL", .shrink = 10 },
        { .title = "TOKENS", .right = true },
        { .title = "COST", .right = true },
        { .title = "USED" },
    };
    struct columns t;
    if (!columns_begin(&t, columns, sizeof columns / sizeof columns[0], count,
                       columns_of_terminal(), a))
        return;
    for (size_t i = 0; i < count; i++) {
        const struct session_info *s = &list[i];
        str *cell = columns_row(&t);
        cell[0] = s->id;
        cell[1] = columns_number(a, s->turns);
        cell[2] = columns_number(a, s->messages);
        cell[3] = s->model;
        cell[4] = columns_number(a, s->usage.total);
        cell[5] = columns_money(a, s->usage.cost);
        cell[6] = columns_time(a, s->updated_ms);
    }
    columns_print(&t, out);
}

static enum chela_error run_list(struct cli *c, struct err *e) {
    struct sessions x;
    struct session_info *list;
    size_t count;
    struct buf out = BUF_INIT(max_text);
    enum chela_error rc = sessions_open(&x, c->env, e);
    if (rc == CHELA_OK) rc = sessions_list(&x, (str){ 0 }, &list, &count, e);
    if (rc == CHELA_OK && c->json) {
        struct json_writer w = JSON_WRITER(&out);
        sessions_envelope(&w, "sessions.list");
        for (size_t i = 0; i < count; i++) sessions_object(&w, &list[i]);
        sessions_envelope_end(&w);
    } else if (rc == CHELA_OK && count) {
        list_for_people(list, count, &x.arena, &out);
    } else if (rc == CHELA_OK) {
        cli_note("no conversation is kept yet");
    }
    if (rc == CHELA_OK) rc = sessions_print(c, &out, e);
    buf_free(&out);
    sessions_close(&x);
    return rc;
}

static const struct option_spec list_options[] = { JSON_OPTION, { 0 } };

const struct command cmd_sessions_list = {
    .path = "sessions list",
    .summary = "List the conversations that are kept, the last one first",
    .options = list_options,
    .run = run_list,
};

/* ---- show and export ---- */

/* At a terminal as it would be in chela chat, else the Markdown itself. */
static void show(str text, env_list env, struct buf *out) {
    struct look look = { .columns = columns_of_terminal(),
                         .colour = cli_colour(cli_out_is_terminal(), env) };
    struct markdown m;
    if (!look.columns) {
        buf_add(out, text);
        return;
    }
    markdown_init(&m, &look);
    markdown_feed(&m, text);
    markdown_end(&m);
    buf_add(out, markdown_done(&m));
    markdown_free(&m);
}

static void write_in(str format, struct buf *out, str id, const struct session_message *m,
                     size_t count) {
    if (str_eq(format, S("json")))
        transcript_json(out, id, m, count);
    else if (str_eq(format, S("jsonl")))
        transcript_jsonl(out, id, m, count);
    else
        transcript_markdown(out, m, count);
}

static enum chela_error run_show(struct cli *c, struct err *e) {
    struct sessions x;
    struct session_message *list;
    size_t count;
    struct buf text = BUF_INIT(max_text), out = BUF_INIT(max_text);
    enum chela_error rc = sessions_open(&x, c->env, e);
    if (rc == CHELA_OK) rc = sessions_load(&x, c->arg[0], &list, &count, e);
    if (rc == CHELA_OK && c->json) {
        struct json_writer w = JSON_WRITER(&out);
        sessions_envelope(&w, "sessions.show");
        transcript_json(&text, c->arg[0], list, count);
        json_raw(&w, str_trim(buf_str(&text)));
        sessions_envelope_end(&w);
    } else if (rc == CHELA_OK) {
        transcript_markdown(&text, list, count);
        show(buf_str(&text), c->env, &out);
    }
    if (text.failed) rc = err_set(e, CHELA_NOMEM, "the conversation is too large to show");
    if (rc == CHELA_OK) rc = sessions_print(c, &out, e);
    buf_free(&text);
    buf_free(&out);
    sessions_close(&x);
    return rc;
}

static const struct option_spec show_options[] = { JSON_OPTION, { 0 } };

const struct command cmd_sessions_show = {
    .path = "sessions show",
    .operands = "SESSION",
    .summary = "Show a conversation",
    .options = show_options,
    .min_args = 1,
    .max_args = 1,
    .run = run_show,
};

static enum chela_error check_format(str format, struct err *e) {
    static const char *const known[] = { "md", "json", "jsonl" };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_eq(format, str_c(known[i]))) return CHELA_OK;
    return err_set(e, CHELA_USAGE, "--format is md, json or jsonl, not \"%.*s\"", STR_ARG(format));
}

static enum chela_error run_export(struct cli *c, struct err *e) {
    struct sessions x;
    struct session_message *list;
    size_t count;
    struct buf out = BUF_INIT(max_text);
    str format = cli_given(c, "format") ? cli_text(c, "format") : S("md");
    enum chela_error rc = check_format(format, e);
    if (rc != CHELA_OK) return rc;
    rc = sessions_open(&x, c->env, e);
    if (rc == CHELA_OK) rc = sessions_load(&x, c->arg[0], &list, &count, e);
    if (rc == CHELA_OK) write_in(format, &out, c->arg[0], list, count);
    if (rc == CHELA_OK && out.failed)
        rc = err_set(e, CHELA_NOMEM, "the conversation is too large to export");
    else if (rc == CHELA_OK && cli_given(c, "output"))
        rc = file_write(cli_text(c, "output").p, buf_str(&out), 0600, e);
    else if (rc == CHELA_OK)
        cli_print(buf_str(&out));
    buf_free(&out);
    sessions_close(&x);
    return rc;
}

static const struct option_spec export_options[] = {
    { "format", 0, OPTION_TEXT, "md|json|jsonl",
      "Markdown (md), or the messages as they are sent" },
    { "output", 'o', OPTION_TEXT, "FILE",
      "write it there, for you alone, instead of standard output" },
    { 0 },
};

const struct command cmd_sessions_export = {
    .path = "sessions export",
    .operands = "SESSION",
    .summary = "Write a conversation as Markdown, JSON or JSON Lines",
    .options = export_options,
    .min_args = 1,
    .max_args = 1,
    .run = run_export,
};

/* ---- remove ---- */

enum { REMOVE_WAIT_MS = 10000 };

static enum chela_error confirm(struct cli *c, int64_t messages, bool *yes, struct err *e) {
    char question[256];
    *yes = cli_given(c, "yes");
    if (*yes) return CHELA_OK;
    if (!ask_is_possible()) {
        err_set(e, CHELA_USAGE, "chela sessions remove: nobody is there to be asked");
        return err_hint(e, CHELA_USAGE, "--yes removes without asking");
    }
    if (c->arg_count == 1)
        snprintf(question, sizeof question, "Remove \"%.*s\", %lld message%s?", STR_ARG(c->arg[0]),
                 (long long)messages, messages == 1 ? "" : "s");
    else
        snprintf(question, sizeof question, "Remove %zu sessions, %lld messages?", c->arg_count,
                 (long long)messages);
    return ask_yes(question, false, yes, e);
}

static enum chela_error remove_one(struct sessions *x, str id, struct err *e) {
    struct file_lock lock;
    bool removed;
    const struct session_wait wait = { .most_ms = REMOVE_WAIT_MS };
    enum chela_error rc = session_lock(&lock, x->where.state, id, &wait, e);
    if (rc != CHELA_OK) return rc;
    rc = session_remove(x->store, id, &removed, e);
    file_unlock(&lock);
    return rc;
}

static enum chela_error remove_all(struct cli *c, struct sessions *x, struct err *e) {
    struct buf out = BUF_INIT(1u << 20);
    struct json_writer w = JSON_WRITER(&out);
    enum chela_error rc = CHELA_OK;
    if (c->json) sessions_envelope(&w, "sessions.remove");
    for (size_t i = 0; i < c->arg_count && rc == CHELA_OK; i++) {
        rc = remove_one(x, c->arg[i], e);
        if (rc != CHELA_OK) break;
        if (c->json) {
            json_object(&w);
            json_kstring(&w, "id", c->arg[i]);
            json_object_end(&w);
        } else {
            buf_addf(&out, "removed %.*s\n", STR_ARG(c->arg[i]));
        }
    }
    if (c->json && rc == CHELA_OK) sessions_envelope_end(&w);
    if (!c->json || rc == CHELA_OK) {
        enum chela_error printed = sessions_print(c, &out, rc == CHELA_OK ? e : NULL);
        if (rc == CHELA_OK) rc = printed;
    }
    buf_free(&out);
    return rc;
}

static enum chela_error run_remove(struct cli *c, struct err *e) {
    struct sessions x;
    struct session_info *info;
    int64_t messages = 0;
    bool yes = false;
    enum chela_error rc = sessions_open(&x, c->env, e);
    for (size_t i = 0; i < c->arg_count && rc == CHELA_OK;
         i++) { /* all of them are there, or none */
        rc = sessions_find(&x, c->arg[i], &info, e);
        if (rc == CHELA_OK) messages += info->messages;
    }
    if (rc == CHELA_OK) rc = confirm(c, messages, &yes, e);
    if (rc == CHELA_OK && yes)
        rc = remove_all(c, &x, e);
    else if (rc == CHELA_OK)
        cli_note("nothing was removed");
    sessions_close(&x);
    return rc;
}

static const struct option_spec remove_options[] = {
    { "yes", 'y', OPTION_FLAG, NULL, "do not ask" },
    JSON_OPTION,
    { 0 },
};

const struct command cmd_sessions_remove = {
    .path = "sessions remove",
    .operands = "SESSION…",
    .summary = "Remove conversations for good",
    .details =
        "Asks before, at a terminal; elsewhere --yes is needed. When one of the sessions is not\n"
        "there, none is removed.",
    .options = remove_options,
    .min_args = 1,
    .max_args = 256,
    .run = run_remove,
};
