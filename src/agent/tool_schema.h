/* Does a value fit a schema? For arguments that a model wrote: what does not fit is named, so that
 * it can be mended.
 *
 * Checked: type (one or a list), enum, required, properties, additionalProperties false, items,
 * minItems, maxItems, minLength and maxLength (characters), minimum, maximum. A property that is
 * not required may be null: models write that for "left out". Other keywords are not looked at.
 */
#ifndef CHELA_AGENT_TOOL_SCHEMA_H
#define CHELA_AGENT_TOOL_SCHEMA_H

#include "doc/doc.h"

/* CHELA_INPUT with the place ("arguments.count: …") and what is expected there. */
enum chela_error tool_schema_check(struct doc *schema, doc_node rule, struct doc *d, doc_node value,
                                   const char *place, struct err *e);

#endif
