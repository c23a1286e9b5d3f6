/* JSON in pieces says what the same JSON says as a document: both are written out again, and what
 * one refuses the other refuses. Input: four bytes that seed the cuts, the text. */
#include "doc/doc.h"
#include "doc/json_stream.h"
#include "doc/json_write.h"
#include "pieces.h"

/* ---- the document, written by walking over it ---- */

static void write_node(struct doc *d, doc_node n, struct json_writer *w);

static void write_children(struct doc *d, doc_node n, bool object, struct json_writer *w) {
    for (doc_node c = doc_first(d, n); c; c = doc_next(d, c)) {
        if (object) json_key(w, str_head(doc_key(d, c), JSON_STREAM_KEY));
        write_node(d, c, w);
    }
}

static void write_node(struct doc *d, doc_node n, struct json_writer *w) {
    str text = doc_raw(d, n);
    switch (doc_type(d, n)) {
    case DOC_OBJECT:
        json_object(w);
        write_children(d, n, true, w);
        json_object_end(w);
        break;
    case DOC_ARRAY:
        json_array(w);
        write_children(d, n, false, w);
        json_array_end(w);
        break;
    case DOC_STRING:
        check(doc_string(d, n, &text));
        json_string(w, text);
        break;
    default: json_raw(w, text.n > JSON_STREAM_KEY ? S("null") : text);
    }
}

/* ---- the pieces, written as they come ---- */

struct rebuilt {
    struct buf text, string;
    struct json_writer w;
};

static enum chela_error on_token(void *ctx, enum json_token token, str text, struct err *e) {
    (void)e;
    struct rebuilt *r = ctx;
    switch (token) {
    case JSON_OBJECT: json_object(&r->w); break;
    case JSON_OBJECT_END: json_object_end(&r->w); break;
    case JSON_ARRAY: json_array(&r->w); break;
    case JSON_ARRAY_END: json_array_end(&r->w); break;
    case JSON_KEY: json_key(&r->w, text); break;
    case JSON_STRING: buf_clear(&r->string); break;
    case JSON_TEXT: buf_add(&r->string, text); break;
    case JSON_STRING_END: json_string(&r->w, buf_str(&r->string)); break;
    case JSON_LITERAL: json_raw(&r->w, text.n ? text : S("null")); break;
    }
    return CHELA_OK;
}

static enum chela_error feed(void *stream, str piece) {
    return json_stream_feed(stream, piece, NULL);
}

static enum chela_error stream(str text, uint32_t seed, struct rebuilt *r) {
    struct json_stream s;
    json_stream_init(&s, r, on_token);
    enum chela_error rc = feed_pieces(text, seed, 24, &s, feed);
    return rc == CHELA_OK ? json_stream_end(&s, NULL) : rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 4) return 0;
    uint32_t seed;
    memcpy(&seed, data, 4);
    str text = { (const char *)data + 4, size - 4 };
    struct doc *d = NULL;
    enum chela_error expected = doc_parse(&d, text, DOC_JSON, NULL, NULL);
    struct rebuilt r = { .text = BUF_INIT(16u << 20), .string = BUF_INIT(16u << 20) };
    r.w = (struct json_writer)JSON_WRITER(&r.text);
    enum chela_error rc = stream(text, seed, &r);
    check((rc == CHELA_OK) == (expected == CHELA_OK));
    if (rc == CHELA_OK) {
        struct buf whole = BUF_INIT(16u << 20);
        struct json_writer w = JSON_WRITER(&whole);
        write_node(d, doc_root(d), &w);
        check(str_eq(buf_str(&whole), buf_str(&r.text)));
        buf_free(&whole);
    }
    doc_free(d);
    buf_free(&r.text);
    buf_free(&r.string);
    return 0;
}
