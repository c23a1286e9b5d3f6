/* The heart: what the provider's rules make of a request. An ordered table of rules, one file each,
 * the same for the client and the gateway. Every rule records what it added, changed, dropped or
 * withheld, and why; `chela explain` only prints that record.
 */
#ifndef CHELA_SHAPE_SHAPE_H
#define CHELA_SHAPE_SHAPE_H

#include "base/arena.h"
#include "catalog/catalog.h"
#include "catalog/model_ref.h"
#include "catalog/params.h"
#include "config/config.h"
#include "doc/doc.h"
#include "route/route.h"

enum change_kind { CHANGE_ADDED, CHANGE_CHANGED, CHANGE_DROPPED, CHANGE_WITHHELD };

struct change {
    enum change_kind kind;
    const char *rule;   /* "response-cache" */
    const char *anchor; /* "docs/rules.md#response-cache" */
    str where;          /* "header X-OpenRouter-Cache", "body messages[0].content" */
    str value;          /* what it is now, or would have been; "" when there is nothing to show */
    str reason;         /* one sentence */
    struct change *next;
};

struct record {
    struct arena *arena; /* borrowed */
    struct change *first, *last;
    size_t count;    /* of the list */
    size_t unlisted; /* changes beyond the bound, which the last entry tells of */
    bool unread;     /* nobody will look at it: what is done is done, and not listed */
};

enum call_kind {
    CALL_INFER, /* one prompt, one answer */
    CALL_AGENT, /* a turn of a conversation */
    CALL_RAW,   /* a body that the user or a gateway's client brought: its own fields win */
};

/* The thinking level, already checked against what the model lists (shape/thinking.c). */
struct thinking {
    str level;          /* "" nobody chose; off minimal low medium high xhigh max adaptive */
    const char *source; /* "--thinking", "agents.defaults.thinkingDefault", …; "" nobody */
};

struct shape_ctx {
    enum call_kind kind;
    struct config *config;              /* NULL: nothing configured */
    const struct config_params *params; /* NULL: none */
    struct model_ref model;
    const struct model_row *row; /* NULL: unknown to the catalogue */
    struct route route;
    struct thinking thinking;
    struct doc *body;
    struct header_list *headers;
    struct record *record;
    struct arena *arena;
};

struct shape_rule {
    const char *name;   /* of its file and its heading in docs/rules.md */
    const char *anchor; /* "docs/rules.md#name" */
    /* Does its work and records it; records CHANGE_WITHHELD where the user asked for something that
     * this route or model does not get. Fails only when it cannot do its work: out of memory, a
     * document's limit, a header's secret that is not there. */
    enum chela_error (*apply)(struct shape_ctx *x, struct err *e);
};

extern const struct shape_rule *const shape_rules[]; /* in order; NULL at the end */
/* Those of them that hold for OpenRouter's other APIs for text (Responses, Messages) too. */
extern const struct shape_rule *const shape_native_rules[];
/* Those of them that concern headers alone: also for requests that are no chat. */
extern const struct shape_rule *const shape_header_rules[];

/* Runs the table over x->body and x->headers. CHELA_INPUT when the body is no object. Shaping a
 * shaped request again changes nothing. */
enum chela_error shape_apply(struct shape_ctx *x, struct err *e);
enum chela_error shape_apply_native(struct shape_ctx *x, struct err *e);
/* The header rules alone; x->body may be NULL. */
enum chela_error shape_apply_headers(struct shape_ctx *x, struct err *e);

/* For rules. fmt makes the reason; where and value are copied. */
void shape_record(struct shape_ctx *x, const struct shape_rule *rule, enum change_kind kind,
                  str where, str value, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* ---- thinking levels (wire ruling 12) ----
 * The levels the model offers, lowest first, into list; returns how many. row NULL: unknown. */
enum { THINKING_LEVELS = 8 };
extern const char thinking_flag_source[]; /* "--thinking" */
size_t thinking_levels(str model_id, const struct model_row *row, str list[THINKING_LEVELS]);
/* A level given on the command line: refused with the list when the model does not have it. "max"
 * on DeepSeek V4 is xhigh. "" is fine and stays "". */
enum chela_error thinking_from_flag(struct thinking *out, str level, str model_id,
                                    const struct model_row *row, struct err *e);
/* A level that was chosen with another model in mind: falls to the highest listed one. */
void thinking_fit(struct thinking *out, str level, const char *source, str model_id,
                  const struct model_row *row);
/* A configured default: falls to the highest listed level. agents.defaults.models[key].params
 * .thinking, agents.list[].thinkingDefault, agents.defaults.thinkingDefault. */
void thinking_from_config(struct thinking *out, struct config *c, str key, str agent, str model_id,
                          const struct model_row *row);
/* Would deciding about this level need the catalogue row (a level above high, row unknown)? */
bool thinking_needs_row(str level, str model_id, const struct model_row *row);

#endif
