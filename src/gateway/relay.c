#include "gateway/relay.h"

#include "chat/chat.h"
#include "doc/doc.h"
#include "skin/native.h"

#include <stdlib.h>
#include <string.h>

enum { USAGE_MAX = 16 << 10 };

void relay_init(struct relay *r) {
    *r = (struct relay){ .kept = BUF_INIT(RELAY_EVENT + RELAY_HELD),
                         .usage = BUF_INIT(USAGE_MAX),
                         .error = ERR_INIT };
}

void relay_free(struct relay *r) {
    buf_free(&r->kept);
    buf_free(&r->usage);
    free(r->seen);
    r->seen = NULL;
}

bool relay_is_native(struct relay *r, const struct skin *skin) {
    r->native = skin;
    r->seen = calloc(1, sizeof *r->seen);
    return r->seen != NULL;
}

/* ---- what an event says ---- */

static bool says_something(struct doc *d, doc_node n) {
    str text;
    if (doc_type(d, n) == DOC_STRING) return doc_string(d, n, &text) && text.n > 0;
    if (doc_type(d, n) == DOC_ARRAY || doc_type(d, n) == DOC_OBJECT) return doc_len(d, n) > 0;
    return doc_type(d, n) != DOC_NULL && doc_type(d, n) != DOC_NONE;
}

/* A choice with text, a tool call, a finish, anything but a role. */
static bool choice_has_content(struct doc *d, doc_node choice) {
    doc_node delta = doc_get(d, choice, S("delta"));
    if (says_something(d, doc_get(d, choice, S("text"))) ||
        says_something(d, doc_get(d, choice, S("finish_reason"))))
        return true;
    for (doc_node m = doc_first(d, delta); m; m = doc_next(d, m))
        if (!str_eq(doc_key(d, m), S("role")) && says_something(d, m)) return true;
    return false;
}

static bool has_nulls(struct doc *d) {
    doc_node root = doc_root(d), choice = doc_first(d, doc_get(d, root, S("choices")));
    return doc_type(d, doc_get(d, root, S("usage"))) == DOC_NULL ||
           doc_type(d, doc_get(d, root, S("error"))) == DOC_NULL ||
           doc_type(d, doc_get(d, root, S("system_fingerprint"))) == DOC_NULL ||
           doc_type(d, doc_get(d, doc_get(d, choice, S("delta")), S("role"))) == DOC_NULL;
}

/* Only until the first content: then nobody asks any more. */
static enum relay_verdict look_for_content(struct relay *r, str data) {
    struct doc *d = NULL;
    str text;
    if (doc_parse(&d, data, DOC_JSON, NULL, NULL) != CHELA_OK) return RELAY_TORN;
    doc_node root = doc_root(d), choices = doc_get(d, root, S("choices"));
    if (doc_string(d, doc_get(d, root, S("id")), &text)) str_copy(r->id, sizeof r->id, text);
    if (doc_string(d, doc_get(d, root, S("model")), &text))
        str_copy(r->model, sizeof r->model, text);
    r->nulls = r->nulls || has_nulls(d);
    bool found = doc_type(d, choices) != DOC_ARRAY;
    for (doc_node c = doc_first(d, choices); c && !found; c = doc_next(d, c))
        found = choice_has_content(d, c);
    doc_free(d);
    r->content = found;
    return RELAY_GO;
}

/* Every client stumbles over an event that is no JSON. Read whole are only those before the first
 * content; of the others an end that is none is seen, which is how events are torn. */
static bool is_torn(str data) {
    data = str_trim(data);
    return data.n < 2 || data.p[0] != '{' || data.p[data.n - 1] != '}';
}

static void keep_usage(struct relay *r, str data) {
    struct doc *d = NULL;
    if (doc_parse(&d, data, DOC_JSON, NULL, NULL) != CHELA_OK) return;
    doc_node usage = doc_get(d, doc_root(d), S("usage"));
    if (doc_type(d, usage) == DOC_OBJECT) {
        buf_clear(&r->usage);
        buf_add(&r->usage, doc_raw(d, usage));
    }
    doc_free(d);
}

/* The value behind `"finish_reason":`, as far as it decides: inside a string the quotes would be
 * escaped, so the key cannot be found in a text. */
static void look_for_finish(struct relay *r, str data) {
    static const char key[] = "\"finish_reason\":";
    while (data.n) {
        const char *at = memmem(data.p, data.n, key, sizeof key - 1);
        if (!at) return;
        data = str_skip(data, (size_t)(at - data.p) + sizeof key - 1);
        str value = data;
        while (value.n && ascii_space(value.p[0])) value = str_skip(value, 1);
        if (value.n == 0 || value.p[0] != '"') continue;
        r->finished = true;
        r->finished_badly = str_starts(value, S("\"error\""));
        value = str_skip(value, 1);
        str_copy(r->finish, sizeof r->finish,
                 str_head(value, (size_t)(str_chr(value, '"') + (str_chr(value, '"') < 0))));
        return;
    }
}

/* {"error": …} without choices: other services' way to fail in a stream. OpenRouter's own error
 * event has choices and passes as it is. */
static bool is_error(struct relay *r, str data) {
    str rest = str_skip(data, 1);
    struct doc *d = NULL;
    while (rest.n && ascii_space(rest.p[0])) rest = str_skip(rest, 1);
    if (!str_starts(data, S("{")) || !str_starts(rest, S("\"error\""))) return false;
    if (doc_parse(&d, data, DOC_JSON, NULL, NULL) != CHELA_OK) return false;
    doc_node root = doc_root(d);
    doc_node error = doc_get(d, root, S("error"));
    bool is = says_something(d, error) && !doc_get(d, root, S("choices"));
    int64_t status = 0;
    doc_int(d, doc_get(d, error, S("code")), &status);
    doc_free(d);
    if (!is) return false;
    r->error = (struct err)ERR_INIT;
    chat_http_error(status >= 400 && status < 600 ? (int)status : 502, S("application/json"), data,
                    &r->error);
    r->error.http_status = status >= 400 && status < 600 ? (int)status : 502;
    return true;
}

/* The same for another API than chat. Once content was given, a failure that the upstream tells is
 * its client's to read. */
static enum relay_verdict look_native(struct relay *r, str data) {
    struct skin_seen *seen = r->seen;
    enum skin_event says = skin_event_read(r->native, data, r->content, seen);
    if (says == EVENT_TORN) return r->finished ? RELAY_DONE : RELAY_TORN;
    if (says == EVENT_FAILED && !r->content) {
        r->error = seen->error;
        return RELAY_ERROR;
    }
    r->content = r->content || says == EVENT_CONTENT;
    r->finished_badly = says == EVENT_FAILED;
    r->finished = says == EVENT_LAST || says == EVENT_FAILED;
    if (says == EVENT_CONTENT) return RELAY_GO;
    str_copy(r->id, sizeof r->id, str_c(seen->id));
    str_copy(r->model, sizeof r->model, str_c(seen->model));
    str_copy(r->finish, sizeof r->finish, str_c(seen->finish));
    skin_seen_usage(seen, &r->usage);
    return RELAY_GO;
}

/* Of an event in several lines only the first is here: it is passed on unread. */
static enum relay_verdict look(struct relay *r, str data, bool several) {
    r->data_events++;
    if (!data.n) return RELAY_GO;
    if (several) {
        r->content = true;
        return RELAY_GO;
    }
    if (str_eq(str_trim(data), S("[DONE]"))) return RELAY_DONE;
    if (r->native) return look_native(r, data);
    if (is_torn(data)) return r->finished ? RELAY_DONE : RELAY_TORN;
    if (is_error(r, data)) return RELAY_ERROR;
    if (!r->finished) look_for_finish(r, data);
    if (r->finished && memmem(data.p, data.n, "\"usage\":", 8)) keep_usage(r, data);
    if (r->content) return RELAY_GO;
    enum relay_verdict v = look_for_content(r, data);
    if (!r->finished) return v;
    r->content = true;
    return RELAY_GO;
}

/* ---- events out of bytes ---- */

struct walk {
    str bytes;
    size_t event, line;  /* where the event and the line begin */
    size_t open, looked; /* in the line that begins at `open` no end was found up to `looked` */
    str data; /* of the event; several data lines: from the first on, which is all that is looked at
               */
};

/* The next whole event: GO with walk->event behind it; *more false: there is none. */
static enum relay_verdict next_event(struct relay *r, struct walk *w, bool *more) {
    bool has_data = false, several = false;
    *more = false;
    for (;;) {
        size_t from = w->line == w->open && w->looked > w->line ? w->looked : w->line;
        const char *start = w->bytes.p + from;
        const char *lf = from < w->bytes.n ? memchr(start, '\n', w->bytes.n - from) : NULL;
        if (!lf) {
            w->open = w->line;
            w->looked = w->bytes.n;
            return RELAY_GO;
        }
        str line = { w->bytes.p + w->line, (size_t)(lf - w->bytes.p) - w->line };
        w->line = (size_t)(lf - w->bytes.p) + 1;
        if (line.n && line.p[line.n - 1] == '\r') line.n--;
        if (line.n == 0) {
            *more = true;
            enum relay_verdict v = has_data ? look(r, w->data, several) : RELAY_GO;
            if (v == RELAY_GO) w->event = w->line;
            return v;
        }
        if (!str_starts(line, S("data:"))) continue;
        several = has_data;
        if (has_data) continue;
        w->data = str_skip(line, 5);
        if (str_starts(w->data, S(" "))) w->data = str_skip(w->data, 1);
        has_data = true;
    }
}

static size_t less(size_t a, size_t b) {
    return a > b ? a - b : 0;
}

/* The first n bytes have gone. */
static void forget(struct relay *r, size_t n) {
    r->events_end -= n;
    r->open = less(r->open, n);
    r->looked = less(r->looked, n);
}

/* Enough is held back: comments that came now are not. A flood of them is no content, and a second
 * upstream can still take over. */
static void drop_comments(struct relay *r, struct walk *w) {
    size_t n = w->event - r->events_end;
    memmove(r->kept.p + r->events_end, r->kept.p + w->event, r->kept.n - w->event);
    r->kept.n -= n;
    w->event -= n;
    w->open = less(w->open, n);
    w->looked = less(w->looked, n);
    w->bytes = buf_str(&r->kept);
}

enum relay_verdict relay_take(struct relay *r, str bytes, str *out) {
    bool kept = r->kept.n > 0;
    struct walk w = { .bytes = bytes };
    *out = (str){ 0 };
    r->data_events = 0;
    r->given = 0;
    if (kept) {
        if (!buf_add(&r->kept, bytes)) return RELAY_FULL;
        w = (struct walk){ .bytes = buf_str(&r->kept),
                           .event = r->events_end,
                           .line = r->events_end,
                           .open = r->open,
                           .looked = r->looked };
    }
    enum relay_verdict v = RELAY_GO;
    for (bool more = true; more && v == RELAY_GO && !(r->native && r->finished);)
        v = next_event(r, &w, &more);
    if (w.event > RELAY_HELD && !r->content) {
        if (kept && !r->data_events)
            drop_comments(r, &w);
        else
            r->content = true;
    }
    size_t give = r->content ? w.event : 0;
    *out = str_head(w.bytes, give);
    if (!kept && v == RELAY_GO && give < bytes.n && !buf_add(&r->kept, str_skip(bytes, give)))
        return RELAY_FULL;
    r->events_end = w.event;
    r->open = w.open;
    r->looked = w.looked;
    r->given = kept ? give : 0;
    if (!kept) forget(r, give);
    return v == RELAY_GO && r->native && r->finished ? RELAY_DONE : v;
}

void relay_given(struct relay *r) {
    if (!r->given) return;
    /* a stream that waits holds no buffer, or no larger one than it needs */
    struct buf rest = BUF_INIT(RELAY_EVENT + RELAY_HELD);
    if (r->given < r->kept.n && !buf_add(&rest, str_skip(buf_str(&r->kept), r->given))) {
        buf_consume(&r->kept, r->given);
    } else {
        buf_free(&r->kept);
        r->kept = rest;
    }
    forget(r, r->given);
    r->given = 0;
}

enum relay_verdict relay_end(struct relay *r, str *out) {
    enum relay_verdict v = RELAY_GO;
    *out = (str){ 0 };
    if (r->kept.n > r->events_end) v = relay_take(r, S("\n\n"), out);
    if (v == RELAY_TORN) v = RELAY_GO; /* the end tore it */
    return v == RELAY_GO && r->finished ? RELAY_DONE : v;
}
