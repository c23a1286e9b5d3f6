/* The usage object of a JSON answer that passes through without being held.
 *
 * A picture of 40 MB stands in the middle of its document and the price behind it. This follows the
 * document's structure byte by byte, keeps the value of the root's "usage" and nothing else, and
 * knows whether the document came to its end. Pure: no I/O.
 */
#ifndef CHELA_GATEWAY_USAGE_SCAN_H
#define CHELA_GATEWAY_USAGE_SCAN_H

#include "base/buf.h"

enum { USAGE_SCAN_MOST = 16 << 10 /* of the usage object */ };

struct usage_scan {
    unsigned depth;
    bool begun, in_string, escaped;
    bool whole;          /* the document ended */
    bool at_key;         /* the next string of the root is a key */
    bool keeping;        /* the value of "usage" */
    char key[8];         /* of the root, its beginning … */
    unsigned key_length; /* … and how long it was */
};

/* Zero-initialise *s. The object's text is appended to *usage; nothing when it is no object. */
void usage_scan(struct usage_scan *s, str bytes, struct buf *usage);

#endif
