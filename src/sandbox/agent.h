/* sandbox/agent: a chat model made of rules. It is no language model and says so.
 *
 * Pure: no I/O, no clock, no global state. A request goes in (parsed from a chat-completions body),
 * an answer comes out; the same request with the same seed and the same `now` gives the same
 * answer. api.c puts OpenRouter's wire format around it.
 *
 * Ownership: agent_read borrows the body and fills slices that live in the doc and the arena; the
 * answer lives in the arena. Both must outlive the answer.
 */
#ifndef CHELA_SANDBOX_AGENT_H
#define CHELA_SANDBOX_AGENT_H

#include "base/arena.h"
#include "base/err.h"
#include "doc/doc.h"

enum agent_role { AGENT_SYSTEM, AGENT_USER, AGENT_ASSISTANT, AGENT_TOOL };

enum agent_attached { ATTACHED_IMAGE, ATTACHED_AUDIO, ATTACHED_VIDEO, ATTACHED_FILE };

struct agent_attachment {
    enum agent_attached kind;
    str source; /* URL, data URL, file name or bare base64 */
};

struct agent_message {
    enum agent_role role;
    str text; /* text parts joined by line feeds */
    str tool_call_id;
    doc_node calls; /* assistant: its tool_calls array, or 0 */
    const struct agent_attachment *attached;
    size_t attached_count;
};

struct agent_tool {
    str name, description;
    doc_node parameters; /* a JSON schema, or 0 */
};

enum agent_choice { CHOICE_AUTO, CHOICE_NONE, CHOICE_REQUIRED, CHOICE_NAMED };
enum agent_format { FORMAT_TEXT, FORMAT_JSON_OBJECT, FORMAT_JSON_SCHEMA };
enum agent_effort { EFFORT_NONE, EFFORT_LOW, EFFORT_MEDIUM, EFFORT_HIGH };

enum { AGENT_MAX_STOPS = 4 };

struct agent_request {
    struct doc *doc;
    struct arena *arena; /* of the answer, too */
    str model;           /* as asked for; "" when not said */
    bool stream;
    const struct agent_message *messages;
    size_t message_count; /* 1 or more */
    const struct agent_tool *tools;
    size_t tool_count;
    enum agent_choice choice;
    str named_tool; /* with CHOICE_NAMED: one of tools */
    bool parallel;  /* several calls in one answer are allowed */
    enum agent_format format;
    doc_node schema;    /* with FORMAT_JSON_SCHEMA; 0: none given */
    int64_t max_tokens; /* 0: no limit */
    str stop[AGENT_MAX_STOPS];
    size_t stop_count;
    bool seeded;
    int64_t seed;
    enum agent_effort effort;     /* NONE: no reasoning */
    int64_t max_reasoning_tokens; /* 0: as the effort says */
    bool hide_reasoning;          /* counted, not shown */
    int64_t now_s;                /* seconds since 1970 UTC, set by the caller; 0: unknown */
};

enum agent_finish { FINISH_STOP, FINISH_LENGTH, FINISH_TOOL_CALLS };

struct agent_call {
    str id, name;
    str arguments; /* text of a JSON object */
};

struct agent_answer {
    str text;      /* "" when there are calls */
    str reasoning; /* "" when none was asked for */
    const struct agent_call *calls;
    size_t call_count;
    enum agent_finish finish;
    const char *rule; /* which rule answered: "math", "intent", "tool" … */
    /* estimates: text_tokens of words.h, and 4 for each message */
    int64_t prompt_tokens, completion_tokens, reasoning_tokens; /* completion has reasoning in it */
};

/* The most memory that reading and answering a body of n bytes takes from the arena. */
size_t agent_arena_max(size_t body_bytes);

/* Reads a chat-completions body. Fails with CHELA_INPUT, the message naming the field (or line and
 * column); CHELA_LIMIT when the body has too many nodes or is too deep; CHELA_NOMEM. On failure
 * r->doc is still set when the body was JSON; the caller frees it either way. */
enum chela_error agent_read(struct agent_request *r, str body, struct arena *a, struct err *e);

/* The estimate of prompt_tokens, in parts: of message i, and of all tools. */
int64_t agent_message_tokens(const struct agent_request *r, size_t i);
int64_t agent_tool_tokens(const struct agent_request *r);

/* Fails only with CHELA_NOMEM or CHELA_LIMIT (an answer that outgrew its bound). */
enum chela_error agent_answer(struct agent_answer *out, const struct agent_request *r,
                              struct err *e);

#endif
