/* What a call needs beyond text in, text out: pictures, sound, video, vectors.
 *
 * The body may be a form (multipart/form-data), of which one field is the model; the answer may be
 * bytes of any kind and size. So a form goes on as it came, with nothing but the model's name
 * replaced, and only JSON is held until it is complete (and looked at for an error, for the price).
 * Everything else passes through from its first byte. A submission that may have been accepted is
 * not made again anywhere else: it costs money twice.
 */
#ifndef CHELA_GATEWAY_CALL_MEDIA_H
#define CHELA_GATEWAY_CALL_MEDIA_H

#include "gateway/call.h"
#include "gateway/usage_scan.h"
#include "gateway/video_id.h"

enum { MEDIA_FORM_FILE = 25 << 20 /* of a sound to be transcribed, as at OpenRouter */ };

enum media_turn {
    MEDIA_STAYS,   /* it is an error */
    MEDIA_PASSES,  /* the client may have it */
    MEDIA_FOLLOWS, /* the answer is at media->target */
};

struct call_media {               /* how an API differs */
    bool form;                    /* its body may be one */
    bool once;                    /* see above */
    bool has_state;               /* an error in its answer is a state of what it tells about */
    str at_openrouter, elsewhere; /* its path at upstreams; empty: the same as here */
    /* The form as OpenRouter's JSON, for upstreams that take no forms; NULL: they do. */
    enum chela_error (*as_json)(struct call *c, struct buf *out, struct err *e);
    /* Edits a complete answer; NULL: nothing is to be edited. */
    enum chela_error (*edit)(struct call *c, struct doc *answer, struct err *e);
    /* The answer is 300 or more; NULL: an error like any other. */
    enum media_turn (*turn)(struct call *c, const struct http1_response *r);
};

struct media_part { /* of a call with one of these */
    str form;       /* the model's name within the body that is a form; p NULL: it is JSON */
    bool through;   /* the answer is not held */
    bool events;    /* it is a stream of them, … */
    bool ended;     /* … and the last one came */
    char tail[16];  /* of what was given */
    struct usage_scan scan;
    str target;             /* path and query at the upstream, whole; empty: by the API's path */
    struct video_ref video; /* which job it is about */
    unsigned turns;
};

extern const struct call_media media_images, media_image_edits, media_speech, media_transcription,
    media_vectors;

/* Before the body is parsed: what is asked, as JSON (c->json). */
enum chela_error call_media_read(struct call *c, struct err *e);
/* After: is what must be there, there? */
enum chela_error call_media_check(struct call *c, struct err *e);
str call_media_path(const struct call *c);
/* Writes the body that goes out, when the client's was a form. */
enum chela_error call_media_form(struct call *c, struct err *e);
/* More headers that travel; how many there are then. */
size_t call_media_headers(const struct call *c, struct server_header *out, size_t n, size_t most);
/* An endpoint failed: may the next one be asked? */
bool call_media_may_repeat(const struct call *c, int status);

/* An answer of 300 or more begins. What is followed is asked for already. */
enum media_turn call_media_turn(struct call *c, const struct http1_response *r);
/* An answer begins that is no error. */
void call_media_head(struct call *c, const struct http1_response *r);
bool call_media_passes(str header);
/* Some of it has gone to the client. */
void call_media_given(struct call *c, str bytes);
/* All of it is held: is it one? Edits it, keeps its usage. */
enum chela_error call_media_whole(struct call *c, struct err *e);
/* It passed through: was it all of it? */
bool call_media_complete(const struct call *c);

#endif
