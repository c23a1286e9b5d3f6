/* The agent's tools: which there are, which of them this agent may use, and one call of one. */
#ifndef CHELA_AGENT_TOOLS_H
#define CHELA_AGENT_TOOLS_H

#include "agent/tool.h"

extern const struct agent_tool *const agent_tools[]; /* NULL at the end */

enum { AGENT_TOOLS_MAX = 16 };

struct tool_set { /* what is offered to the model */
    const struct agent_tool *item[AGENT_TOOLS_MAX];
    size_t count;
};

/* Those of `all` that tools.profile, allow and deny leave, and the agent's own (tool_policy.h). */
void tools_offered(struct tool_set *out, const struct agent_tool *const *all, struct config *c,
                   str agent);
/* The body's "tools", "" when there are none. */
str tools_json(const struct tool_set *set, struct arena *a);

struct tool_call {
    const struct agent_tool *tool; /* NULL: there is none of that name */
    str name, arguments;           /* as the model wrote them */
};

/* Runs it. What the model is told goes to *result, also when it failed: unknown tool, arguments
 * that are no JSON or that the schema refuses, an error of the tool. *failed says so. Only
 * CHELA_CANCELLED and CHELA_NOMEM are returned: they end the turn. */
enum chela_error tools_run(struct tool_context *x, const struct tool_set *set,
                           const struct tool_call *call, struct buf *result, bool *failed,
                           struct err *e);
const struct agent_tool *tools_find(const struct tool_set *set, str name); /* NULL: none */

/* {"error":…,"hint":…}: what a model reads instead of a result. */
void tools_error(struct buf *out, const char *message, const char *hint);

#endif
