/* The rules, in the order in which they work. The order is part of the rules:
 *
 * - attribution before configured headers: on the verified route the names are taken by then;
 * - routing before everything that may look at the body (R17: "before the shared stream wrappers");
 * - extra_body next: the others leave alone what it names, and work on the messages that it brings;
 * - openai-only after it, so that no way leads `store` past it;
 * - prefill removal when the reasoning is final, and cache markers when the messages are.
 */
#include "shape/rule.h"

const struct shape_rule *const shape_rules[] = {
    &rule_authorization,      /* R9 */
    &rule_content_type,       /* ruling 9 */
    &rule_attribution,        /* R9, ruling 1 */
    &rule_configured_headers, /* R9 */
    &rule_response_cache,     /* R10 */
    &rule_provider_routing,   /* R17, ruling 6 */
    &rule_extra_body,         /* R15 */
    &rule_thinking,           /* R13, rulings 3 and 12 */
    &rule_deepseek_v4,        /* R14 */
    &rule_generic_params,     /* R4 */
    &rule_openai_only,        /* R15, ruling 2 */
    &rule_gemini_signatures,  /* R16 */
    &rule_anthropic_prefill,  /* R12, ruling 14 */
    &rule_cache_markers,      /* R11, rulings 4 and 16 */
    NULL,
};

const struct shape_rule *const shape_native_rules[] = {
    &rule_authorization,  &rule_content_type,     &rule_attribution, &rule_configured_headers,
    &rule_response_cache, &rule_provider_routing, &rule_extra_body,  NULL,
};

const struct shape_rule *const shape_header_rules[] = {
    &rule_authorization, &rule_content_type, &rule_attribution, &rule_configured_headers, NULL,
};
