/* What the three media tools share: arguments, folders that a model may read, the result's text. */
#ifndef CHELA_AGENT_TOOL_MEDIA_H
#define CHELA_AGENT_TOOL_MEDIA_H

#include "agent/tool.h"
#include "media/media.h"
#include "media/picture_input.h"

#include <limits.h>

str tool_text(struct doc *arguments, const char *name); /* trimmed; "" not given */
/* Of timeoutMs and the turn's own deadline the nearer; 0: neither says anything. */
int64_t tool_timeout(const struct tool_context *x, struct doc *arguments);
/* `one` and the list `many`, each picture once, in order; returns how many. */
size_t tool_pictures(struct doc *arguments, const char *one, const char *many, str *list,
                     size_t most);
/* For --output: `filename` in the folder of generated files, when it is free; "" none. */
str tool_output(struct tool_context *x, struct doc *arguments);

struct tool_folders { /* of the pictures that a model may name: where chela runs, and what it made
                       */
    char media[PATH_MAX];
    const char *roots[3];
};
struct picture_rules tool_rules(struct tool_context *x, struct tool_folders *f);

/* "Generated 1 image with openrouter/m.", what was ignored, "MEDIA:path" a line; and the outputs.
 */
void tool_result(struct tool_context *x, const struct media_result *r, const char *what,
                 const char *kind, struct buf *result);

#endif
