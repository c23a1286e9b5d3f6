/* Writing fresh JSON into a buffer, compactly: commas and quotes come by themselves. Failure is the
 * buffer's (`out->failed`). Strings that are not UTF-8 get U+FFFD in place of the bad bytes. */
#ifndef CHELA_DOC_JSON_WRITE_H
#define CHELA_DOC_JSON_WRITE_H

#include "base/buf.h"

struct json_writer {
    struct buf *out; /* borrowed */
    bool comma;      /* the next value or key needs one before it */
};

#define JSON_WRITER(buffer)                                                                        \
    { .out = (buffer) }

void json_object(struct json_writer *w); /* { */
void json_object_end(struct json_writer *w);
void json_array(struct json_writer *w); /* [ */
void json_array_end(struct json_writer *w);
void json_key(struct json_writer *w, str key);
void json_string(struct json_writer *w, str s);
void json_int(struct json_writer *w, int64_t v);
void json_double(struct json_writer *w,
                 double v); /* shortest text that reads back; not finite: null */
void json_bool(struct json_writer *w, bool v);
void json_null(struct json_writer *w);
void json_raw(struct json_writer *w, str json); /* text that is JSON already */
/* "data:<mime>;base64,…": what base64 makes goes straight in, neither checked nor copied. */
void json_data_url(struct json_writer *w, str mime, str bytes);
/* key and value at once */
void json_kstring(struct json_writer *w, const char *key, str s);
void json_kint(struct json_writer *w, const char *key, int64_t v);
void json_kbool(struct json_writer *w, const char *key, bool v);
/* Appends s as a quoted JSON string. */
bool json_quote(struct buf *out, str s);

#endif
