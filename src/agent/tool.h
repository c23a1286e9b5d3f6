/* A tool of the agent: one file that ends in one const struct agent_tool, and one line in the table
 * of tools.c.
 *
 * Tools have no shell and no files of the user's: they do what chela does. Arguments come from a
 * model; they are checked against the tool's own schema before it runs, so a tool may trust their
 * types and bounds (an optional one may be missing or null).
 */
#ifndef CHELA_AGENT_TOOL_H
#define CHELA_AGENT_TOOL_H

#include "chat/chat.h"
#include "store/store.h"

#include <stdatomic.h>

struct agent_output { /* a file that a tool made: listed in the envelope's outputs[] */
    str path, mime;
    str kind; /* "image", "video", "audio" */
};

enum { AGENT_OUTPUTS_MAX = 256 };

struct tool_context { /* of one turn; everything is borrowed */
    struct config *config;
    struct store *store;
    str session;
    str agent;                 /* id of agents.list, "" the default's */
    int64_t turn;              /* number of the turn */
    const struct chat *chat;   /* the exchange whose answer called: model, thinking level, route */
    struct arena *arena;       /* of the turn: for what must outlive the call */
    const atomic_bool *cancel; /* when it is set, return CHELA_CANCELLED soon */
    int64_t deadline_ms;       /* clock_ms() by which the turn must have ended; 0: none */
    void *ctx;
    void (*on_notice)(void *ctx, const char *line); /* progress for the person; may be NULL */
    struct agent_output output[AGENT_OUTPUTS_MAX];
    size_t output_count;
};

struct agent_tool {
    const char *name;        /* letters, digits and _ */
    const char *description; /* for the model: when to use it */
    const char *parameters;  /* JSON schema of an object (tool_schema.h says what is checked) */
    /* An interrupted call may simply be made again. Without it the model is told that it is unknown
     * whether the call had an effect: it may have cost money. */
    bool repeatable;
    /* Appends what the model gets to read to *result. A failure's message and hint are its result,
     * so that it can mend its call; CHELA_CANCELLED and CHELA_NOMEM end the turn. */
    enum chela_error (*run)(struct tool_context *x, struct doc *arguments, struct buf *result,
                            struct err *e);
};

/* Copies into the context's arena. False: the list is full, or out of memory. */
bool tool_add_output(struct tool_context *x, str path, str mime, str kind);

#endif
