/* /sessions and /save: what is kept, and a copy of it for elsewhere. */
#include "cli/conversation.h"

#include "agent/session.h"
#include "base/clock.h"
#include "base/file.h"
#include "doc/doc.h"
#include "doc/json_write.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { LISTED_SESSIONS = 30 };
static const size_t max_text = 256u << 20;

/* The store, if there is one: *out NULL when nothing was kept yet. */
static enum chela_error open_store(struct conversation *c, struct store **out, struct err *e) {
    char path[PATH_MAX + 16];
    *out = NULL;
    enum chela_error rc = conversation_catalog(c, e);
    if (rc != CHELA_OK) return rc;
    snprintf(path, sizeof path, "%s/chela.db", config_where(c->config)->state);
    return file_exists(path) ? store_open(out, path, e) : CHELA_OK;
}

/* "3 minutes ago" */
static void add_age(struct buf *out, int64_t ms) {
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = { { 86400000, "day" }, { 3600000, "hour" }, { 60000, "minute" } };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        int64_t n = ms / units[i].ms;
        if (n < 1) continue;
        buf_addf(out, "%lld %s%s ago", (long long)n, units[i].name, n == 1 ? "" : "s");
        return;
    }
    buf_add(out, S("just now"));
}

enum chela_error chat_sessions(struct conversation *c, str words, struct err *e) {
    struct store *store = NULL;
    struct arena a = ARENA_INIT(max_text);
    struct buf out = BUF_INIT(1u << 20);
    struct session_info *list = NULL;
    size_t count = 0;
    (void)words;
    enum chela_error rc = open_store(c, &store, e);
    if (rc == CHELA_OK && store) rc = session_list(store, S(""), &a, &list, &count, e);
    for (size_t i = 0; i < count && i < LISTED_SESSIONS; i++) {
        bool here = str_eq(list[i].id, str_c(c->session));
        buf_addf(&out, "%s%-24.*s %5lld messages, ", here ? "* " : "  ", STR_ARG(list[i].id),
                 (long long)list[i].messages);
        add_age(&out, clock_unix_ms() - list[i].updated_ms);
        buf_add(&out, list[i].interrupted ? S(", interrupted\n") : S("\n"));
    }
    if (count > LISTED_SESSIONS) buf_addf(&out, "  and %zu more\n", count - LISTED_SESSIONS);
    str lines = buf_str(&out);
    if (rc == CHELA_OK && lines.n)
        conversation_say(c, str_head(lines, lines.n - 1));
    else if (rc == CHELA_OK)
        conversation_aside(c, "no conversation is kept yet");
    store_close(store);
    arena_free(&a);
    buf_free(&out);
    return rc;
}

/* ---- saving ---- */

static void add_content(struct buf *out, struct doc *d, doc_node content) {
    str text;
    if (doc_string(d, content, &text)) buf_add(out, text);
    for (doc_node part = doc_first(d, content); part; part = doc_next(d, part)) {
        if (doc_string(d, doc_get(d, part, S("text")), &text))
            buf_add(out, text);
        else
            buf_add(out, S("[a picture]"));
    }
}

static void add_calls(struct buf *out, struct doc *d, doc_node calls) {
    for (doc_node call = doc_first(d, calls); call; call = doc_next(d, call)) {
        doc_node function = doc_get(d, call, S("function"));
        str name = { 0 }, arguments = { 0 };
        doc_string(d, doc_get(d, function, S("name")), &name);
        doc_string(d, doc_get(d, function, S("arguments")), &arguments);
        buf_addf(out, "\n\n`%.*s(%.*s)`", STR_ARG(name), STR_ARG(arguments));
    }
}

static void add_message(struct buf *out, const struct session_message *m) {
    struct doc *d = NULL;
    str role = { 0 };
    if (doc_parse(&d, m->body, DOC_JSON, NULL, NULL) != CHELA_OK) return;
    doc_node root = doc_root(d);
    doc_string(d, doc_get(d, root, S("role")), &role);
    buf_addf(out, "\n## %.*s\n\n",
             STR_ARG(str_eq(role, S("user"))        ? S("You")
                     : str_eq(role, S("assistant")) ? m->model
                                                    : role));
    add_content(out, d, doc_get(d, root, S("content")));
    add_calls(out, d, doc_get(d, root, S("tool_calls")));
    buf_addc(out, '\n');
    doc_free(d);
}

static void write_json(struct buf *out, str session, const struct session_message *m, size_t n) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "session", session);
    json_key(&w, S("messages"));
    json_array(&w);
    for (size_t i = 0; i < n; i++) json_raw(&w, m[i].body);
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}

enum chela_error chat_save(struct conversation *c, str words, struct err *e) {
    char path[PATH_MAX];
    if (!words.n || !str_copy(path, sizeof path, words)) {
        err_set(e, CHELA_USAGE, "/save needs the name of a file");
        return err_hint(e, CHELA_USAGE, "/save talk.md, or talk.json for the messages themselves");
    }
    if (file_exists(path)) {
        err_set(e, CHELA_IO, "%s is there already", path);
        return err_hint(e, CHELA_IO, "give another name");
    }
    struct store *store = NULL;
    struct arena a = ARENA_INIT(max_text);
    struct buf out = BUF_INIT(max_text);
    struct session_message *messages = NULL;
    size_t count = 0;
    enum chela_error rc = open_store(c, &store, e);
    if (rc == CHELA_OK && store)
        rc = session_load(store, str_c(c->session), &a, &messages, &count, e);
    if (rc == CHELA_OK && !count) rc = err_set(e, CHELA_NOINPUT, "session %s is empty", c->session);
    if (rc == CHELA_OK && str_ends(words, S(".json"))) {
        write_json(&out, str_c(c->session), messages, count);
    } else if (rc == CHELA_OK) {
        buf_addf(&out, "# %s\n", c->session);
        for (size_t i = 0; i < count; i++) add_message(&out, &messages[i]);
    }
    if (rc == CHELA_OK && out.failed) rc = err_set(e, CHELA_LIMIT, "the conversation is too large");
    if (rc == CHELA_OK) rc = file_write(path, buf_str(&out), 0600, e);
    if (rc == CHELA_OK) conversation_aside(c, "%zu messages written to %s", count, path);
    store_close(store);
    arena_free(&a);
    buf_free(&out);
    return rc;
}
