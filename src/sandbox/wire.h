/* An agent_answer in OpenRouter's wire format: one JSON document, or a stream of events.
 *
 * Field by field this is the superset that the usual SDKs accept (docs/internals/sandbox.md): what
 * one of them needs is there, what one of them cannot bear (null usage, null system_fingerprint in
 * chunks) is not.
 */
#ifndef CHELA_SANDBOX_WIRE_H
#define CHELA_SANDBOX_WIRE_H

#include "base/buf.h"
#include "sandbox/agent.h"
#include "sandbox/prompt_cache.h"

struct wire_reply {
    const struct agent_answer *answer; /* borrowed */
    str id;                            /* "gen-…", borrowed */
    int64_t created;                   /* seconds since 1970 */
    struct prompt_cache_use cache;
    bool plain; /* of /completions: a text, no message */
};

/* cost_details of usage, as all clients want them: nothing costs anything here. */
struct json_writer;
void wire_no_cost(struct json_writer *w);

const char *wire_finish(const struct agent_answer *a); /* "stop", "length", "tool_calls" */
bool wire_completion(const struct wire_reply *r, struct buf *out);

/* Where a stream is. Zero: before its first event. */
struct wire_stream {
    int phase;
    size_t call; /* tool calls: which one */
    size_t at;   /* bytes of the current text that are out */
};

/* Appends the next event, blank line included: a comment, the role, the text piece by piece, the
 * finish, the usage, [DONE]. False: there are no more. */
bool wire_next(const struct wire_reply *r, struct wire_stream *s, struct buf *out);

#endif
