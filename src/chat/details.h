/* reasoning_details out of the pieces of a stream: as the client of a chat has to send them back.
 */
#ifndef CHELA_CHAT_DETAILS_H
#define CHELA_CHAT_DETAILS_H

#include "base/arena.h"
#include "base/buf.h"
#include "doc/doc.h"

enum { DETAILS_MAX = 4096, DETAILS_BYTES = 16 << 20 };

struct detail {           /* one item of the array, of one piece or of several */
    struct buf raw;       /* the first piece, as it came */
    struct buf joined;    /* the text of all pieces, decoded */
    struct buf signature; /* the last one, JSON text */
    struct buf known;     /* quoted keys that a piece had, a line each */
    struct buf more;      /* what later pieces brought besides: members of an object */
    char type[40], id[128];
    int64_t index; /* -1: none */
    unsigned pieces;
};

struct details {
    struct detail *item;
    size_t count, cap, bytes;
};

/* Takes one item of the array, or a piece of one. */
enum chela_error details_add(struct details *x, struct doc *d, doc_node item, struct err *e);
/* The member that pieces of such an item are joined by, "text" or "summary"; "" when they never
 * come in pieces. */
str detail_text_key(str type);
/* One item as JSON text, appended. */
bool detail_write(const struct detail *t, struct buf *out, struct err *e);
/* The array as JSON text; "" when there were none. */
enum chela_error details_text(const struct details *x, struct arena *a, str *out, struct err *e);
void details_free(struct details *x);

#endif
