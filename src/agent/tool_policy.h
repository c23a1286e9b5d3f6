/* Which tools the configuration allows: tools.profile, alsoAllow, allow and deny, and the same of
 * agents.list[].tools, as OpenClaw reads them. */
#ifndef CHELA_AGENT_TOOL_POLICY_H
#define CHELA_AGENT_TOOL_POLICY_H

#include "config/config.h"

bool tool_allowed(struct config *c, str agent, str tool);

#endif
