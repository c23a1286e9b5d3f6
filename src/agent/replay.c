#include "agent/replay.h"

#include "agent/message.h"

enum { MESSAGE_MAX = 64 << 20, CALLS_MAX = 1024 };

struct list {
    struct arena *a;
    str *item;
    size_t count, cap;
};

static void add(struct list *l, str text) {
    str *list = arena_list(l->a, l->item, l->count, &l->cap, sizeof *list);
    if (!list) return; /* the arena remembers */
    l->item = list;
    l->item[l->count++] = text;
}

/* A message of another model's round, without that model's reasoning. */
static str without_reasoning(str body, struct arena *a) {
    static const char *const keys[] = { "reasoning", "reasoning_details", "reasoning_content",
                                        "reasoning_text" };
    struct doc *d = NULL;
    if (!str_has(body, S("\"reasoning")) || doc_parse(&d, body, DOC_JSON, NULL, NULL) != CHELA_OK)
        return body;
    size_t removed = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        removed += doc_remove_key(d, doc_root(d), str_c(keys[i]));
    struct buf text = BUF_INIT(MESSAGE_MAX);
    if (removed && doc_write(d, &text)) body = arena_dup(a, buf_str(&text));
    buf_free(&text);
    doc_free(d);
    return body;
}

/* ---- calls and their results ---- */

struct waiting { /* the calls of the last assistant's message that are not answered yet */
    struct arena *a;
    struct replay_call call[CALLS_MAX];
    size_t count;
};

static str string_at(struct doc *d, doc_node object, str key) {
    str s = { 0 };
    return doc_string(d, doc_get(d, object, key), &s) ? s : (str){ 0 };
}

static void read_calls(struct waiting *w, struct doc *d) {
    doc_node calls = doc_get(d, doc_root(d), S("tool_calls"));
    for (doc_node n = doc_first(d, calls); n && w->count < CALLS_MAX; n = doc_next(d, n)) {
        doc_node function = doc_get(d, n, S("function"));
        w->call[w->count++] =
            (struct replay_call){ arena_dup(w->a, string_at(d, n, S("id"))),
                                  arena_dup(w->a, string_at(d, function, S("name"))),
                                  arena_dup(w->a, string_at(d, function, S("arguments"))) };
    }
}

static void strike_off(struct waiting *w, str id) {
    for (size_t i = 0; i < w->count; i++) {
        if (!str_eq(w->call[i].id, id)) continue;
        w->count--;
        for (; i < w->count; i++) w->call[i] = w->call[i + 1];
        return;
    }
}

static void answer_for(struct list *l, struct waiting *w) {
    for (size_t i = 0; l && i < w->count; i++) {
        struct buf text = BUF_INIT(MESSAGE_MAX);
        message_tool(&text, w->call[i].id, str_c(message_no_result));
        add(l, arena_dup(l->a, buf_str(&text)));
        buf_free(&text);
    }
    w->count = 0;
}

/* Takes the next message into account; what was left unanswered before it is answered into l (NULL:
 * only forgotten). Most messages are told apart by a look at their bytes, so that a long history is
 * not parsed for every request. */
static void step(struct waiting *w, str body, struct list *l) {
    struct doc *d = NULL;
    bool calls = str_has(body, S("\"tool_calls\"")), answers = str_has(body, S("\"tool_call_id\""));
    if (calls || answers) (void)doc_parse(&d, body, DOC_JSON, NULL, NULL);
    str role = d ? string_at(d, doc_root(d), S("role")) : (str){ 0 };
    if (str_eq(role, S("tool"))) {
        strike_off(w, string_at(d, doc_root(d), S("tool_call_id")));
    } else {
        answer_for(l, w);
        if (str_eq(role, S("assistant"))) read_calls(w, d);
    }
    doc_free(d);
}

static enum chela_error no_memory(struct err *e) {
    return err_set(e, CHELA_NOMEM, "out of memory for the history of the session");
}

static struct waiting *waiting_new(struct arena *a) {
    struct waiting *w = arena_alloc(a, sizeof *w);
    if (w) w->a = a;
    return w;
}

enum chela_error replay_history(const struct session_message *messages, size_t count, str model,
                                struct arena *a, str **out, size_t *out_count, struct err *e) {
    struct list l = { .a = a };
    struct waiting *w = waiting_new(a);
    if (!w) return no_memory(e);
    for (size_t i = 0; i < count; i++) {
        const struct session_message *m = &messages[i];
        if (m->state == TURN_WITHDRAWN) continue;
        step(w, m->body, &l);
        add(&l, str_eq(m->model, model) ? m->body : without_reasoning(m->body, a));
    }
    answer_for(&l, w);
    if (arena_failed(a)) return no_memory(e);
    *out = l.item;
    *out_count = l.count;
    return CHELA_OK;
}

enum chela_error replay_unanswered(const struct session_message *messages, size_t count,
                                   struct arena *a, struct replay_call **out, size_t *out_count,
                                   struct err *e) {
    struct waiting *w = waiting_new(a);
    if (!w) return no_memory(e);
    for (size_t i = 0; i < count; i++) step(w, messages[i].body, NULL);
    if (arena_failed(a)) return no_memory(e);
    *out = w->call;
    *out_count = w->count;
    return CHELA_OK;
}
