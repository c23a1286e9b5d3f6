/* An answer as the response cache keeps it: the bytes a client got, made ready to be given again.
 *
 * A repetition has the same choices, but an id and a time of its own, and it cost nothing: so the
 * numbers of `usage` become 0, openrouter_metadata and comments go, and where an id or a time stood
 * there is a cut, which is filled in while reading. That is done once, while the answer comes; a
 * repetition is a copy with a few texts in between, however many events it has.
 *
 * Knows the shapes of chat/completions, completions, embeddings, responses and messages. Pure.
 */
#ifndef CHELA_GATEWAY_ANSWER_TEXT_H
#define CHELA_GATEWAY_ANSWER_TEXT_H

#include "base/buf.h"

enum answer_cut_kind { CUT_ID, CUT_TIME };

struct answer_cut {
    size_t at; /* of text */
    enum answer_cut_kind kind;
};

struct answer_text {
    struct buf text;
    struct answer_cut *cut;
    size_t cuts, room;
    struct buf rest; /* a document, or the beginning of an event: not looked at yet */
    bool stream, failed;
    char source_id[128]; /* the id that the answer came with; "" when it had none */
};

/* max: bytes that an answer may have; a longer one fails. */
void answer_text_init(struct answer_text *t, bool stream, size_t max);
void answer_text_free(struct answer_text *t);
/* Bytes as they go to the client. */
void answer_text_take(struct answer_text *t, str bytes);
/* The answer is complete. False: it cannot be kept (too long, no JSON, no memory). */
bool answer_text_done(struct answer_text *t);
size_t answer_text_bytes(const struct answer_text *t); /* of memory */

struct answer_place { /* how far a reader is */
    size_t at, cut;
};
struct answer_label { /* what fills the cuts: the id in quotes, the time in digits */
    str id, time;
};
bool answer_text_more(const struct answer_text *t, const struct answer_place *place);
/* Appends the next piece of about `most` bytes. */
void answer_text_read(const struct answer_text *t, struct answer_place *place,
                      const struct answer_label *label, size_t most, struct buf *out);
size_t answer_text_length(const struct answer_text *t, const struct answer_label *label);

#endif
