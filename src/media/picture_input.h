/* Pictures that go into a request: from a file, a data URL, or the web.
 *
 * What a picture is, its bytes say. A URL is fetched from the public Internet alone (net/'s guard),
 * or passed on to the service where the API takes URLs.
 */
#ifndef CHELA_MEDIA_PICTURE_INPUT_H
#define CHELA_MEDIA_PICTURE_INPUT_H

#include "base/arena.h"
#include "doc/json_write.h"
#include "net/http.h"

struct picture_input { /* texts and bytes live in the arena */
    str source;        /* as given, without a leading '@' */
    str mime, bytes;
    str url; /* of one that is passed on; bytes are empty then */
    unsigned width, height;
};

struct picture_rules {
    bool pass_urls;  /* http(s) URLs go to the service as they are */
    bool no_network; /* as for explain: a URL stands in the request in place of its picture */
    const char *const *roots; /* the only folders that files may be in, absolute, NULL at the end;
                                 NULL: any (the user named the file, not a model) */
    const char *home;         /* for "~/"; NULL: not known */
    const atomic_bool *cancel;
};

enum { PICTURE_MAX_BYTES = 20 << 20 };

enum chela_error picture_input_load(struct picture_input *out, str source,
                                    const struct picture_rules *rules, struct arena *a,
                                    struct err *e);
/* {"type":"image_url","image_url":{"url":…},"frame_type":…}; frame_type NULL: none. */
void picture_input_write(const struct picture_input *p, const char *frame_type,
                         struct json_writer *w);

#endif
