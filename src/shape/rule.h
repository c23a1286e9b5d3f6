/* What the rules share: the body and its fields, configured params, and the rules themselves.
 *
 * A field that params.extra_body names belongs to extra_body: the other rules neither set nor drop
 * it, and extra_body's value is the one that is sent. That makes extra_body the last word without
 * any rule having to undo another's work, and shaping a shaped body again changes nothing.
 */
#ifndef CHELA_SHAPE_RULE_H
#define CHELA_SHAPE_RULE_H

#include "shape/shape.h"

extern const struct shape_rule rule_authorization, rule_attribution, rule_configured_headers,
    rule_content_type, rule_response_cache, rule_provider_routing, rule_thinking, rule_deepseek_v4,
    rule_generic_params, rule_extra_body, rule_openai_only, rule_gemini_signatures,
    rule_anthropic_prefill, rule_cache_markers;

/* Once it is, or when nobody reads it, the texts that shape_record is given need not be made. */
bool record_is_full(const struct shape_ctx *x);

/* ---- params ---- */
/* The value of the last layer that has one of the aliases; 0: none. */
doc_node param_get(const struct shape_ctx *x, const char *const *aliases, size_t n,
                   const char **origin);
#define PARAM(x, aliases, origin)                                                                  \
    param_get(x, aliases, sizeof(aliases) / sizeof(aliases)[0], origin)
/* "agents.defaults.models[…].params.temperature"; in x->arena */
const char *param_path(struct shape_ctx *x, const char *origin, str key);
/* params.extra_body when it is an object, else 0. */
doc_node extra_body(const struct shape_ctx *x);
bool extra_body_has(const struct shape_ctx *x, str key);
bool key_is_unsafe(str key); /* __proto__, prototype, constructor */
doc_node param_parallel_tool_calls(const struct shape_ctx *x, const char **origin);
/* Is this a parameter that only OpenAI's own service knows? */
bool param_is_openai_only(str key);
/* true: the field of a raw request, or of extra_body, stands; that the parameter is withheld is
 * recorded. */
bool request_says(struct shape_ctx *x, const struct shape_rule *rule, str key, str value);

/* ---- body ---- */
doc_node body_get(const struct shape_ctx *x, str key);
/* The field as the request brought it: 0 when extra_body names it. */
doc_node body_own(const struct shape_ctx *x, str key);
/* Sets a member and records it, unless it says so already. fmt makes the reason. */
enum chela_error member_set(struct shape_ctx *x, const struct shape_rule *rule, doc_node object,
                            str key, str value, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 7, 8)));
/* Removes a member (and its twins) and records it; nothing when it is not there. */
enum chela_error member_drop(struct shape_ctx *x, const struct shape_rule *rule, doc_node object,
                             str key, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* The same for a field of the body, respecting extra_body. */
enum chela_error body_set(struct shape_ctx *x, const struct shape_rule *rule, str key, str value,
                          struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
enum chela_error body_drop(struct shape_ctx *x, const struct shape_rule *rule, str key,
                           struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* "body messages[0].content"; in x->arena. Counts siblings, so it is not for every message. */
str body_where(struct shape_ctx *x, doc_node n);
/* A node as it stands, as JSON text in x->arena. */
str node_json(struct shape_ctx *x, struct doc *d, doc_node n);
/* A string node, trimmed and lower-cased, in x->arena; "" for anything else. */
str node_word(struct shape_ctx *x, struct doc *d, doc_node n);
bool message_is(struct doc *d, doc_node message, str role);
/* Is n that string? Without decoding it, unless it is written with escapes. */
bool text_is(struct doc *d, doc_node n, str text);
/* "body key" */
str body_field(struct shape_ctx *x, str key);

/* ---- headers ---- */
/* Sets a header and records it as added, or as changed when it replaces another value. */
enum chela_error header_set(struct shape_ctx *x, const struct shape_rule *rule, str name, str value,
                            struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));

/* ---- thinking ---- */
/* Why this model gets no reasoning payload; NULL when it gets one. */
const char *thinking_withheld(str model_id, const struct model_row *row);
/* The level that counts: --thinking, then the request's own reasoning_effort, then the configured
 * default. "" when nobody chose. *source says who. */
str thinking_chosen(struct shape_ctx *x, const char **source);
/* The effort that OpenRouter calls by that level: "off" is "none". */
str thinking_effort(str level, const struct model_row *row);
/* Does DeepSeek V4's rule, not the general one, write the reasoning of this request? */
bool deepseek_v4_applies(const struct shape_ctx *x);
/* Puts {"effort": …} into the body as the documentation's table says, and records it for rule. */
enum chela_error reasoning_put(struct shape_ctx *x, const struct shape_rule *rule, str effort,
                               const char *source, struct err *e);

#endif
