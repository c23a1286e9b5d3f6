#include "agent/transcript.h"

#include "doc/doc.h"
#include "doc/json_write.h"

enum { RESULT_SHOWN = 600 }; /* bytes of a tool's result that Markdown shows */

/* ---- Markdown ---- */

static str text_of(struct doc *d, doc_node n) {
    str text = { 0 };
    return doc_string(d, n, &text) ? text : (str){ 0 };
}

/* Each line behind "> ". */
static void quote(struct buf *out, str text) {
    str line;
    while (text.n) {
        str_cut(text, '\n', &line, &text);
        buf_addf(out, "> %.*s\n", STR_ARG(line));
    }
}

static void parts(struct buf *out, struct doc *d, doc_node content) {
    str text = text_of(d, content);
    buf_add(out, text);
    for (doc_node part = doc_first(d, content); part; part = doc_next(d, part)) {
        text = text_of(d, doc_get(d, part, S("text")));
        if (part != doc_first(d, content)) buf_add(out, S("\n\n"));
        if (text.n)
            buf_add(out, text);
        else
            buf_addf(out, "*(%.*s)*", STR_ARG(text_of(d, doc_get(d, part, S("type")))));
    }
}

static void calls(struct buf *out, struct doc *d, doc_node list) {
    for (doc_node call = doc_first(d, list); call; call = doc_next(d, call)) {
        doc_node function = doc_get(d, call, S("function"));
        str name = text_of(d, doc_get(d, function, S("name")));
        str arguments = text_of(d, doc_get(d, function, S("arguments")));
        buf_addf(out, "> calls **%.*s** with `%.*s`\n", STR_ARG(name), STR_ARG(arguments));
    }
}

static void result(struct buf *out, struct doc *d, doc_node root) {
    struct buf text = BUF_INIT(out->max);
    parts(&text, d, doc_get(d, root, S("content")));
    str shown = str_head(buf_str(&text), RESULT_SHOWN);
    while (shown.n < text.n && shown.n && ((unsigned char)text.p[shown.n] & 0xC0) == 0x80)
        shown.n--;
    quote(out, shown);
    if (shown.n < text.n) buf_addf(out, "> … %zu bytes more\n", text.n - shown.n);
    if (text.failed) buf_add(out, S("> …\n"));
    buf_free(&text);
}

static void message(struct buf *out, struct doc *d, const struct session_message *m) {
    doc_node root = doc_root(d), content = doc_get(d, root, S("content"));
    str role = text_of(d, doc_get(d, root, S("role")));
    if (out->n) buf_addc(out, '\n');
    if (str_eq(role, S("tool"))) {
        result(out, d, root);
        return;
    }
    if (str_eq(role, S("assistant")))
        buf_addf(out, "## %.*s\n\n", STR_ARG(m->model));
    else
        buf_addf(out, "## %s, turn %lld\n\n", str_eq(role, S("user")) ? "You" : "System",
                 (long long)m->turn);
    size_t before = out->n;
    parts(out, d, content);
    if (out->n > before) buf_addc(out, '\n');
    doc_node list = doc_get(d, root, S("tool_calls"));
    if (out->n > before && doc_first(d, list)) buf_addc(out, '\n');
    calls(out, d, list);
}

void transcript_markdown(struct buf *out, const struct session_message *m, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct doc *d = NULL;
        if (doc_parse(&d, m[i].body, DOC_JSON, NULL, NULL) == CHELA_OK) message(out, d, &m[i]);
        doc_free(d);
        bool last = i + 1 == count || m[i + 1].turn != m[i].turn;
        if (last && m[i].state != TURN_DONE)
            buf_addf(out, "\n*This turn has no end: %s.*\n", turn_state_name(m[i].state));
    }
}

/* ---- JSON ---- */

static void object(struct json_writer *w, str session, const struct session_message *m) {
    json_object(w);
    if (session.n) json_kstring(w, "session", session);
    json_kint(w, "turn", m->turn);
    json_kint(w, "round", m->round);
    json_kint(w, "atMs", m->at_ms);
    json_kstring(w, "model", m->model);
    json_kstring(w, "state", str_c(turn_state_name(m->state)));
    json_key(w, S("message"));
    json_raw(w, m->body);
    json_object_end(w);
}

void transcript_json(struct buf *out, str id, const struct session_message *m, size_t count) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_kstring(&w, "session", id);
    json_key(&w, S("messages"));
    json_array(&w);
    for (size_t i = 0; i < count; i++) object(&w, (str){ 0 }, &m[i]);
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}

void transcript_jsonl(struct buf *out, str id, const struct session_message *m, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct json_writer w = JSON_WRITER(out);
        object(&w, id, &m[i]);
        buf_addc(out, '\n');
    }
}
