/* The parts of a reader. Inside chat/ only. */
#ifndef CHELA_CHAT_READER_H
#define CHELA_CHAT_READER_H

#include "chat/chat_internal.h"

/* ---- reasoning.c: reasoning_details, kept for the next turn ---- */
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
/* The array as JSON text; "" when there were none. */
enum chela_error details_text(const struct details *x, struct arena *a, str *out, struct err *e);
void details_free(struct details *x);

/* ---- calls.c: tool calls that come in pieces ---- */
enum { CALLS_MAX = 128, CALL_ARGUMENTS_MAX = 256000 };

struct call {
    struct buf id, name, arguments, signature;
    int64_t index; /* -1: none */
};

struct calls {
    struct call *item[CALLS_MAX];
    size_t count;
};

enum chela_error calls_add(struct calls *x, struct doc *d, doc_node piece, struct err *e);
/* The finished calls in the arena; NULL only when out of memory. */
struct chat_tool_call *calls_list(const struct calls *x, struct arena *a);
void calls_free(struct calls *x);

/* ---- usage.c ---- */
void usage_none(struct chat_usage *u);
/* Reads a usage object; raw points into the document. */
void usage_read(struct chat_usage *u, struct doc *d, doc_node usage);

#endif
