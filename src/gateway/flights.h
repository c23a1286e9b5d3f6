/* Answers that are still coming and that more than one client waits for: identical requests in
 * flight are computed once. Shared by all workers; opt-in.
 *
 * The first to ask leads: its call is like any other, and what it writes is taken here as well.
 * Those that follow read it at their own pace, from the beginning. Nobody waits for anybody: the
 * answer comes as quickly as its upstream sends it, and is kept until the last one has read it,
 * bounded like an answer of the response cache. It goes on when the leader's client leaves, as
 * long as somebody follows.
 *
 * One lock; what happens is told to the workers that have a part in it (uv_async), each of which
 * then looks at its own.
 */
#ifndef CHELA_GATEWAY_FLIGHTS_H
#define CHELA_GATEWAY_FLIGHTS_H

#include "gateway/answer_store.h"

#include <uv.h>

enum { FLIGHTS_WORKERS = 64 };

struct flights;
struct flight;

struct flights *flights_new(void); /* NULL: out of memory */
void flights_free(struct flights *s);
/* From then on `wake` is called in that loop when something may have happened. */
void flights_open(struct flights *s, unsigned worker, uv_loop_t *loop, void (*wake)(void *ctx),
                  void *ctx);
void flights_close(struct flights *s, unsigned worker);

/* The flight of that key; *leads: nobody asked before. NULL: out of memory. Ends with
 * flight_leave. */
struct flight *flights_board(struct flights *s, const struct answer_key *key, unsigned worker,
                             size_t most, bool *leads);
void flight_leave(struct flight *f, bool led);

/* ---- who leads ---- */
void flight_head(struct flight *f, int status, str content_type, str retry_after, bool stream);
/* Bytes as they go to its client. False: it, or all of them, are too long to be shared. */
bool flight_take(struct flight *f, str bytes);
void flight_beat(struct flight *f); /* a sign of life, and no more */
bool flight_followed(struct flight *f);
/* Its client has left. True: others wait, it is to go on. */
bool flight_goes_on(struct flight *f);
/* Nobody waits for it any more. */
bool flight_abandoned(struct flight *f);
/* It has come to its end; whole: as an answer, or as an error that was told. */
void flight_land(struct flight *f, bool whole);

/* ---- who follows ---- */
enum flight_state {
    FLIGHT_WAITING, /* nothing yet */
    FLIGHT_FLYING,  /* more is to come */
    FLIGHT_LANDED,  /* no more than what there is */
    FLIGHT_BROKEN,  /* the rest will not come */
};
struct flight_view {
    enum flight_state state;
    int status;
    bool stream;
    bool more;      /* can be read now */
    unsigned beats; /* so far */
    size_t length;  /* of a document that has landed */
    char content_type[96], retry_after[24], source_id[128];
};
/* Appends the next piece of about `most` bytes, if there is one. */
void flight_read(struct flight *f, struct answer_place *place, const struct answer_label *label,
                 size_t most, struct buf *out, struct flight_view *view);

#endif
