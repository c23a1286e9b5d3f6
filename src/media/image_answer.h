/* Pictures out of a model's answer, while it arrives.
 *
 * An answer with a picture of 40 MB is a JSON document with one string of 54 MB. So it is never
 * held: each picture's base64 is decoded as it comes and goes to a sink, and what is left of the
 * answer (ids, usage, words, an error) is kept with long strings cut short. Which strings were
 * pictures can be decided only later in some shapes ("type" may stand behind "b64_json"), so
 * candidates are dropped again when they turn out to be none.
 *
 * Shapes, in every choice: message.images[] with image_url.url or imageUrl.url; message.content as
 * text with data URLs in it; message.content[] with parts of type image_url, or with b64_json, or
 * with inlineData / inline_data. And data[].b64_json, as an images API answers. What is written
 * twice under one key counts as doc/ reads it: the last one. A URL that is no data URL is no
 * picture: nothing is fetched that a model names.
 */
#ifndef CHELA_MEDIA_IMAGE_ANSWER_H
#define CHELA_MEDIA_IMAGE_ANSWER_H

#include "base/err.h"
#include "base/str.h"

enum { IMAGE_ANSWER_MOST = 64 }; /* candidates in one answer */

struct image_sink {
    void *ctx;
    /* A picture begins; *handle names it from then on. */
    enum chela_error (*begin)(void *ctx, unsigned *handle, struct err *e);
    enum chela_error (*write)(void *ctx, unsigned handle, str bytes, struct err *e);
    void (*drop)(void *ctx, unsigned handle); /* it was none, or not whole */
};

struct image_answer;
struct image_answer *image_answer_new(const struct image_sink *sink); /* NULL: out of memory */
void image_answer_free(struct image_answer *a);
/* CHELA_PROTOCOL: it is no JSON. A sink's failure is handed on. */
enum chela_error image_answer_feed(struct image_answer *a, str bytes, struct err *e);
enum chela_error image_answer_end(struct image_answer *a, struct err *e);
/* After the end, or after a failure with what had come by then: the handles of the pictures, choice
 * by choice, images before content. The others are dropped, by image_answer_free at the latest. */
size_t image_answer_pictures(const struct image_answer *a, unsigned handles[IMAGE_ANSWER_MOST]);
/* Pictures that were not base64, or empty. */
unsigned image_answer_broken(const struct image_answer *a);
/* The answer as JSON, strings cut at 4 KB; empty when it is large all the same. Lives as long as a.
 */
str image_answer_rest(const struct image_answer *a);

#endif
