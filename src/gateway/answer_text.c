#include "gateway/answer_text.h"

#include "doc/doc.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE_CUTS = 8 }; /* in one document or event */

void answer_text_init(struct answer_text *t, bool stream, size_t max) {
    *t = (struct answer_text){ .text = BUF_INIT(max), .rest = BUF_INIT(max), .stream = stream };
}

void answer_text_free(struct answer_text *t) {
    buf_free(&t->text);
    buf_free(&t->rest);
    free(t->cut);
    t->cut = NULL;
    t->cuts = t->room = 0;
}

size_t answer_text_bytes(const struct answer_text *t) {
    return t->text.cap + t->rest.cap + t->room * sizeof *t->cut;
}

/* ---- what a repetition says differently ---- */

static void zero_numbers(struct doc *d, doc_node n) {
    if (doc_type(d, n) == DOC_NUMBER) {
        doc_replace(d, n, S("0"), NULL);
        return;
    }
    for (doc_node child = doc_first(d, n); child; child = doc_next(d, child))
        zero_numbers(d, child);
}

/* Where usage and ids stand: at the top, in `response` (responses), in `message` (messages). */
static const char *const homes[] = { NULL, "response", "message" };

static doc_node home(struct doc *d, size_t i) {
    return homes[i] ? doc_get(d, doc_root(d), str_c(homes[i])) : doc_root(d);
}

static void make_free(struct doc *d) {
    for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++) {
        doc_node usage = doc_get(d, home(d, i), S("usage"));
        if (doc_type(d, usage) == DOC_OBJECT) zero_numbers(d, usage);
        doc_remove_key(d, home(d, i), S("openrouter_metadata"));
    }
}

static bool add_cut(struct answer_text *t, enum answer_cut_kind kind) {
    if (t->cuts == t->room) {
        size_t room = t->room ? t->room * 2 : 8;
        struct answer_cut *cut = realloc(t->cut, room * sizeof *cut);
        if (!cut) return false;
        t->cut = cut;
        t->room = room;
    }
    t->cut[t->cuts++] = (struct answer_cut){ t->text.n, kind };
    return true;
}

struct found {
    str raw; /* of the document's text */
    enum answer_cut_kind kind;
};

static size_t find_cuts(struct answer_text *t, struct doc *d, struct found *found) {
    static const struct {
        const char *key;
        enum answer_cut_kind kind;
    } keys[] = { { "id", CUT_ID },
                 { "created", CUT_TIME },
                 { "created_at", CUT_TIME },
                 { "completed_at", CUT_TIME } };
    size_t n = 0;
    for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++)
        for (size_t k = 0; k < sizeof keys / sizeof keys[0] && n < PIECE_CUTS; k++) {
            doc_node node = doc_get(d, home(d, i), str_c(keys[k].key));
            str id;
            bool fits =
                keys[k].kind == CUT_ID ? doc_string(d, node, &id) : doc_type(d, node) == DOC_NUMBER;
            if (!fits) continue;
            if (keys[k].kind == CUT_ID && !t->source_id[0])
                str_copy(t->source_id, sizeof t->source_id, id);
            found[n++] = (struct found){ doc_raw(d, node), keys[k].kind };
        }
    return n;
}

static int by_place(const void *a, const void *b) {
    const struct found *x = a, *y = b;
    return x->raw.p < y->raw.p ? -1 : x->raw.p > y->raw.p;
}

/* Appends json, which is d's source, with cuts. */
static void add_with_cuts(struct answer_text *t, struct doc *d, str json) {
    struct found found[PIECE_CUTS];
    size_t n = find_cuts(t, d, found);
    qsort(found, n, sizeof *found, by_place);
    for (size_t i = 0; i < n; i++) {
        size_t at = (size_t)(found[i].raw.p - json.p);
        buf_add(&t->text, str_head(json, at));
        if (!add_cut(t, found[i].kind)) t->failed = true;
        json = str_skip(json, at + found[i].raw.n);
    }
    buf_add(&t->text, json);
}

/* One document: an answer, or what an event says. */
static void add_json(struct answer_text *t, str json) {
    struct doc *d = NULL;
    struct buf edited = BUF_INIT(t->text.max);
    bool good = doc_parse(&d, json, DOC_JSON, NULL, NULL) == CHELA_OK;
    if (good) make_free(d);
    if (good && doc_edited(d)) {
        good = doc_write(d, &edited);
        doc_free(d);
        d = NULL;
        json = buf_str(&edited);
        good = good && doc_parse(&d, json, DOC_JSON, NULL, NULL) == CHELA_OK;
    }
    if (good)
        add_with_cuts(t, d, json);
    else
        t->failed = true;
    doc_free(d);
    buf_free(&edited);
}

/* ---- events ---- */

/* Of an event that says only openrouter_metadata nothing is left to say. */
static bool only_metadata(str data) {
    return str_has(data, S("\"openrouter_metadata\":")) && str_has(data, S("\"choices\":[]")) &&
           !str_has(data, S("\"usage\":"));
}

/* event: whole, with its blank line. Comments belong to the moment. */
static void add_event(struct answer_text *t, str event) {
    size_t lines = 0;
    while (event.n) {
        str line, rest;
        str_cut(event, '\n', &line, &rest);
        str whole = { event.p, line.n + 1 };
        event = rest;
        str bare = str_ends(line, S("\r")) ? str_head(line, line.n - 1) : line;
        if (str_starts(bare, S(":"))) continue;
        if (!bare.n) {
            if (lines) buf_add(&t->text, whole);
            continue;
        }
        str data = str_starts(bare, S("data:")) ? str_trim(str_skip(bare, 5)) : (str){ 0 };
        if (str_starts(data, S("{"))) {
            if (only_metadata(data)) continue;
            buf_add(&t->text, S("data: "));
            add_json(t, data);
            buf_addc(&t->text, '\n');
        } else {
            buf_add(&t->text, whole);
        }
        lines++;
    }
}

/* Behind the first blank line; 0: there is none. */
static size_t event_end(str s) {
    for (size_t i = 0; i + 1 < s.n; i++) {
        if (s.p[i] != '\n') continue;
        if (s.p[i + 1] == '\n') return i + 2;
        if (s.p[i + 1] == '\r' && i + 2 < s.n && s.p[i + 2] == '\n') return i + 3;
    }
    return 0;
}

void answer_text_take(struct answer_text *t, str bytes) {
    if (t->failed) return;
    bool kept = t->rest.n > 0 || !t->stream;
    if (kept) {
        buf_add(&t->rest, bytes);
        bytes = buf_str(&t->rest);
    }
    size_t used = 0, end;
    while (t->stream && (end = event_end(str_skip(bytes, used)))) {
        add_event(t, str_head(str_skip(bytes, used), end));
        used += end;
    }
    if (kept)
        buf_consume(&t->rest, used);
    else
        buf_add(&t->rest, str_skip(bytes, used));
    t->failed = t->failed || t->text.failed || t->rest.failed;
}

bool answer_text_done(struct answer_text *t) {
    if (!t->stream && !t->failed) add_json(t, buf_str(&t->rest));
    bool whole = !t->stream || t->rest.n == 0;
    buf_free(&t->rest);
    t->failed = t->failed || t->text.failed || !whole || t->text.n == 0;
    return !t->failed;
}

/* ---- reading ---- */

bool answer_text_more(const struct answer_text *t, const struct answer_place *place) {
    return place->at < t->text.n || place->cut < t->cuts;
}

void answer_text_read(const struct answer_text *t, struct answer_place *place,
                      const struct answer_label *label, size_t most, struct buf *out) {
    size_t start = out->n;
    while (answer_text_more(t, place) && out->n - start < most && !out->failed) {
        const struct answer_cut *cut = place->cut < t->cuts ? &t->cut[place->cut] : NULL;
        if (cut && cut->at == place->at) {
            buf_add(out, cut->kind == CUT_ID ? label->id : label->time);
            place->cut++;
            continue;
        }
        size_t end = cut ? cut->at : t->text.n, left = most - (out->n - start);
        if (end - place->at > left) end = place->at + left;
        buf_add(out, (str){ t->text.p + place->at, end - place->at });
        place->at = end;
    }
}

size_t answer_text_length(const struct answer_text *t, const struct answer_label *label) {
    size_t n = t->text.n;
    for (size_t i = 0; i < t->cuts; i++)
        n += t->cut[i].kind == CUT_ID ? label->id.n : label->time.n;
    return n;
}
