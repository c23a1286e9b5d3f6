/* The parts of a reader. Inside chat/ only. */
#ifndef CHELA_CHAT_READER_H
#define CHELA_CHAT_READER_H

#include "chat/chat_internal.h"
#include "chat/details.h"

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
