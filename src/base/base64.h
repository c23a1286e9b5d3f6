/* Base64 (RFC 4648 §4, with padding). */
#ifndef CHELA_BASE_BASE64_H
#define CHELA_BASE_BASE64_H

#include "base/buf.h"

bool base64_encode(struct buf *out, str bytes);
/* Standard or URL alphabet, padding optional, white space skipped. False: not base64. */
bool base64_decode(struct buf *out, str text);

/* The same for a text that comes in pieces, cut anywhere. Zero-initialise. */
struct base64_stream {
    uint32_t bits;    /* of the group of four digits that is under way */
    unsigned digits;  /* of it, 0 to 3 */
    unsigned padding; /* '=' that were read */
    bool bad;
};
/* Appends the bytes that are complete. False: not base64, now and for all that follows. */
bool base64_feed(struct base64_stream *s, struct buf *out, str piece);
/* The end of the text: what an unpadded last group holds. */
bool base64_finish(struct base64_stream *s, struct buf *out);

#endif
