/* Strict JSON that arrives in pieces, however they were cut: tokens out, memory bounded.
 *
 * For answers that are too large to be held as a document: a picture of 40 MB in base64 is one
 * string, and its pieces go on to a file as they come. It takes and refuses exactly what doc_parse
 * takes and refuses with DOC_JSON and the default depth (a fuzzer compares the two), but it finds
 * out only where the fault stands: tokens before it have been given out by then.
 */
#ifndef CHELA_DOC_JSON_STREAM_H
#define CHELA_DOC_JSON_STREAM_H

#include "base/err.h"
#include "base/str.h"

enum json_token {
    JSON_OBJECT,
    JSON_OBJECT_END,
    JSON_ARRAY,
    JSON_ARRAY_END,
    JSON_KEY,    /* text: the name, decoded; of a longer one its first JSON_STREAM_KEY bytes */
    JSON_STRING, /* a string begins: JSON_TEXT as often as needed, then JSON_STRING_END */
    JSON_TEXT,   /* text: a piece, decoded; it may end inside a character */
    JSON_STRING_END,
    JSON_LITERAL, /* text: a number, true, false or null; empty: a number too long to keep */
};

enum { JSON_STREAM_KEY = 128, JSON_STREAM_DEPTH = 200 };

struct json_stream {
    void *ctx;
    /* text lives until the callback returns. Anything but CHELA_OK ends the reading with it. */
    enum chela_error (*on_token)(void *ctx, enum json_token token, str text, struct err *e);
    uint64_t offset; /* bytes read */
    int state;
    unsigned depth;
    bool in_object[JSON_STREAM_DEPTH + 1];
    bool is_key;                       /* the string that is being read is one */
    unsigned utf8_left;                /* continuation bytes that must follow */
    unsigned char utf8_low, utf8_high; /* bounds of the next one */
    unsigned hex_left;
    uint32_t code, high;        /* \u being read; a surrogate that waits for its other half */
    const char *word;           /* what must follow of true, false, null */
    char text[JSON_STREAM_KEY]; /* a key, or a literal */
    size_t text_n;
    bool text_cut;
};

void json_stream_init(struct json_stream *s, void *ctx,
                      enum chela_error (*on_token)(void *, enum json_token, str, struct err *));
/* CHELA_INPUT, with the place, when it is no JSON. After a failure nothing may be fed. */
enum chela_error json_stream_feed(struct json_stream *s, str bytes, struct err *e);
/* The text is over: CHELA_INPUT when the document is not. */
enum chela_error json_stream_end(struct json_stream *s, struct err *e);

#endif
