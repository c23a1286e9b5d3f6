/* The agent: one turn of a conversation, from the question to the answer, with the tools that the
 * model asks for in between and the models that are asked when one fails.
 *
 * Everything that happens is stored when it happens (turn.h). A turn that did not come to its
 * answer, because the model failed, somebody cancelled it or the process ended, is gone on with
 * when the same question is asked again or `resume` says so: what was complete is not asked for a
 * second time. Any other question closes it.
 */
#ifndef CHELA_AGENT_AGENT_H
#define CHELA_AGENT_AGENT_H

#include "agent/tool.h"

struct agent_request {
    str session; /* id of the conversation */
    str model;   /* reference; "" the configured one with its fallbacks */
    str agent;   /* id of agents.list, "" the default's */
    str thinking, system;
    str prompt;
    const struct chat_file *files; /* pictures */
    size_t file_count;
    bool resume;        /* finish the interrupted turn; no prompt then */
    int64_t timeout_ms; /* of the whole turn, waiting for the session included; 0: none */
};

struct agent_events { /* any may be NULL; text lives until the callback returns */
    void *ctx;
    void (*on_text)(void *ctx, str piece);
    void (*on_reasoning)(void *ctx, str piece);
    void (*on_notice)(void *ctx, const char *line);
    void (*on_tool_start)(void *ctx, const char *id, const char *name, const char *arguments);
    void (*on_tool_end)(void *ctx, const char *id, const char *name, const char *result,
                        bool failed);
};

struct agent_call { /* a tool that was called */
    str id, name, arguments, result;
    bool ok;
};

struct agent_attempt { /* a model that was asked, once, or passed over */
    struct chat_attempt chat;
    int64_t round;
    bool skipped; /* it cools down: chat has why, and nothing was sent */
};

/* 25 rounds of 257 models three times each is no turn that anybody reads. */
enum { AGENT_ROUNDS_MAX = 25, AGENT_ATTEMPTS_MAX = 4096 };

struct agent_run { /* zero-initialise, usage apart; what it holds lives until agent_end */
    struct arena arena;
    struct chat chat;        /* the last exchange */
    struct chat_reply reply; /* its answer */
    struct chat_usage usage; /* the rounds of this run are added to it; raw is "" */
    int64_t turn, rounds;    /* number of the turn; answers that this run got */
    struct agent_call *call;
    size_t call_count, call_cap;
    struct agent_attempt *attempt;
    size_t attempt_count, attempt_cap, attempts_unlisted;
    struct tool_context tools; /* its outputs are the turn's */
};

/* s: the store, open. On failure *r has what was done; agent_end either way. events may be NULL. */
enum chela_error agent_turn(struct agent_run *r, struct config *c, struct store *s,
                            const struct agent_request *q, const struct agent_events *events,
                            const atomic_bool *cancel, struct err *e);
/* The turn's next request as r->chat has it, without sending it or writing anything. s NULL: there
 * is no store yet. */
enum chela_error agent_explain(struct agent_run *r, struct config *c, struct store *s,
                               const struct agent_request *q, struct err *e);
void agent_end(struct agent_run *r); /* zeroed memory is fine */

#endif
