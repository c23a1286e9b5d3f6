/* A recording served again. Requests are told apart by method, path and body, so a client may ask
 * in another order than it did; one whose body differs gets what that path answered next. */
#include "sandbox/record.h"

#include "base/base64.h"
#include "base/file.h"
#include "doc/doc.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_FILE = 1 << 30 };

struct entry {
    str method, path, body;
    int status;
    const struct server_header *headers;
    size_t header_count;
    str answer;
    bool stream, complete, used;
};

struct replay {
    struct arena arena;
    struct entry *entries;
    size_t count;
    uint64_t pace_ms;
};

/* ---- reading ---- */

static str text_of(struct replay *r, struct doc *d, doc_node object, str key) {
    str s;
    if (!doc_string(d, doc_get(d, object, key), &s)) return (str){ 0 };
    return arena_dup(&r->arena, s);
}

static bool body_of(struct replay *r, struct doc *d, doc_node object, str *out) {
    str encoded;
    *out = text_of(r, d, object, S("body"));
    if (!doc_string(d, doc_get(d, object, S("body_base64")), &encoded)) return true;
    struct buf bytes = BUF_INIT(MOST_FILE);
    bool good = base64_decode(&bytes, encoded);
    *out = arena_dup(&r->arena, buf_str(&bytes));
    buf_free(&bytes);
    return good;
}

static enum chela_error read_entry(struct replay *r, struct doc *d, struct err *e) {
    doc_node root = doc_root(d), answer = doc_get(d, root, S("response"));
    struct entry *entry = &r->entries[r->count];
    int64_t status = 0;
    entry->method = text_of(r, d, root, S("method"));
    entry->path = text_of(r, d, root, S("path"));
    if (entry->method.n == 0 || entry->path.n == 0 || doc_type(d, answer) != DOC_OBJECT ||
        !doc_int(d, doc_get(d, answer, S("status")), &status))
        return err_set(e, CHELA_INPUT, "method, path or response.status is missing");
    if (!body_of(r, d, root, &entry->body) || !body_of(r, d, answer, &entry->answer))
        return err_set(e, CHELA_INPUT, "body_base64 is not base64");
    if (status != 0 && (status < 200 || status > 599))
        return err_set(e, CHELA_INPUT, "response.status is not 200 to 599");
    entry->status = (int)status;
    entry->complete = true;
    doc_bool(d, doc_get(d, answer, S("complete")), &entry->complete);

    doc_node headers = doc_get(d, answer, S("headers"));
    struct server_header *list = arena_alloc(&r->arena, (doc_len(d, headers) + 1) * sizeof *list);
    for (doc_node h = doc_first(d, headers); h && list; h = doc_next(d, h)) {
        str value;
        if (!doc_string(d, h, &value)) continue;
        struct server_header *header = &list[entry->header_count++];
        header->name = arena_dup(&r->arena, doc_key(d, h));
        header->value = arena_dup(&r->arena, value);
        if (str_ieq(header->name, S("content-type")))
            entry->stream = str_istarts(header->value, S("text/event-stream"));
    }
    entry->headers = list;
    r->count++;
    return arena_failed(&r->arena) ? err_set(e, CHELA_NOMEM, "out of memory") : CHELA_OK;
}

static enum chela_error read_lines(struct replay *r, str text, struct err *e) {
    str rest = text, line;
    size_t lines = 1, number = 0;
    for (size_t i = 0; i < text.n; i++) lines += text.p[i] == '\n';
    r->entries = calloc(lines, sizeof *r->entries);
    if (!r->entries) return err_set(e, CHELA_NOMEM, "out of memory");
    while (rest.n) {
        struct doc *d;
        str_cut(rest, '\n', &line, &rest);
        number++;
        if (str_trim(line).n == 0) continue;
        enum chela_error code = doc_parse(&d, line, DOC_JSON, NULL, e);
        if (code == CHELA_OK) code = read_entry(r, d, e);
        doc_free(d);
        if (code != CHELA_OK) return err_prefix(e, code, "line %zu of the recording: ", number);
    }
    return CHELA_OK;
}

enum chela_error replay_open(struct replay **out, const char *path, uint64_t pace_ms,
                             struct err *e) {
    *out = NULL;
    struct replay *r = calloc(1, sizeof *r);
    if (!r) return err_set(e, CHELA_NOMEM, "replay: out of memory");
    struct buf text = BUF_INIT(MOST_FILE);
    arena_init(&r->arena, 2u * (size_t)MOST_FILE);
    r->pace_ms = pace_ms;
    enum chela_error code = file_read(path, &text, e);
    if (code == CHELA_OK) {
        code = read_lines(r, buf_str(&text), e);
        if (code != CHELA_OK) err_prefix(e, code, "%s: ", path);
    }
    buf_free(&text);
    if (code != CHELA_OK) {
        replay_free(r);
        return code;
    }
    *out = r;
    return CHELA_OK;
}

void replay_free(struct replay *r) {
    if (!r) return;
    arena_free(&r->arena);
    free(r->entries);
    free(r);
}

/* ---- serving ---- */

static bool same_path(const struct entry *entry, const struct server_request *q) {
    str path = entry->path, query = { 0 };
    str_cut(path, '?', &path, &query);
    return str_eq(entry->method, q->method) && str_eq(path, q->path) && str_eq(query, q->query);
}

static struct entry *find(struct replay *r, const struct server_request *q) {
    struct entry *again = NULL, *near = NULL;
    for (size_t i = 0; i < r->count; i++) {
        struct entry *entry = &r->entries[i];
        if (!same_path(entry, q)) continue;
        if (str_eq(entry->body, q->body)) {
            if (!entry->used) return entry;
            again = entry;
        } else if (!entry->used && !near) {
            near = entry;
        }
    }
    return again ? again : near;
}

struct playing { /* one answer under way, in the exchange's arena */
    const struct entry *entry;
    uint64_t pace_ms;
    str rest;
};

static void finish(struct exchange *x, const struct entry *entry) {
    if (entry->complete)
        exchange_end(x);
    else
        exchange_abort(x);
}

static void play(struct exchange *x) {
    struct playing *p = exchange_data(x);
    while (p->rest.n) {
        ptrdiff_t end = p->pace_ms ? str_find(p->rest, S("\n\n")) : -1;
        str part =
            end < 0 ? str_head(p->rest, SERVER_OUT_HIGH) : str_head(p->rest, (size_t)end + 2);
        p->rest = str_skip(p->rest, part.n);
        bool room = exchange_write(x, part);
        if (p->rest.n && p->pace_ms) {
            exchange_after(x, p->pace_ms, play);
            return;
        }
        if (!room && p->rest.n) return; /* until it is drained */
    }
    finish(x, p->entry);
}

void replay_request(void *ctx, struct exchange *x) {
    struct replay *r = ctx;
    const struct server_request *q = exchange_request(x);
    struct entry *entry = find(r, q);
    struct playing *p = arena_alloc(q->arena, sizeof *p);
    if (!entry || !p) {
        str text = arena_printf(q->arena, "the recording has no answer left for %.*s %.*s",
                                STR_ARG(q->method), STR_ARG(q->path));
        exchange_fail(x, p ? 404 : 503, text);
        return;
    }
    entry->used = true;
    if (entry->status == 0) { /* the connection was cut before there was an answer */
        exchange_abort(x);
        return;
    }
    *p = (struct playing){ .entry = entry,
                           .pace_ms = entry->stream ? r->pace_ms : 0,
                           .rest = entry->answer };
    exchange_set_data(x, p);
    if (!p->pace_ms) exchange_on_drained(x, play);
    exchange_head(x, entry->status, entry->headers, entry->header_count,
                  entry->stream || !entry->complete ? -1 : (int64_t)entry->answer.n);
    play(x);
}
