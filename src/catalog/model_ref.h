/* Model references: what a person types and configuration holds → what goes on the wire.
 * The grammar, with every trap, is docs/model-references.md. */
#ifndef CHELA_CATALOG_MODEL_REF_H
#define CHELA_CATALOG_MODEL_REF_H

#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"

struct model_ref {
    str provider; /* "openrouter" */
    str id;       /* on the wire: "openrouter/auto", "anthropic/claude-sonnet-4.6:free" */
    str key;      /* canonical: "openrouter/auto", "openrouter/anthropic/claude-sonnet-4.6:free" */
    str profile;  /* after '@', "" when none */
    str alias;    /* the alias it came by, as configured; "" when none */
};

/* c may be NULL (no aliases, no configured models). Strings live in a. Fails with CHELA_INPUT and a
 * "did you mean". A bare id ("kimi-k2.6") is found when exactly one configured model is called so;
 * catalog_resolve (catalog.h) asks the catalogue too. The key parses to itself, and so does the id.
 */
enum chela_error model_ref_parse(struct model_ref *out, str text, struct config *c, struct arena *a,
                                 struct err *e);
/* agents.list[agent].model, else agents.defaults.model (string or {primary}), else openrouter/auto.
 * agent "": the one that agents.list marks as default, else its first. CHELA_CONFIG, with the path,
 * when what is configured is no reference. */
enum chela_error model_ref_default(struct model_ref *out, struct config *c, str agent,
                                   struct arena *a, struct err *e);
/* The fallbacks of the agent's model object, else of agents.defaults.model: model_ref_list. */
enum chela_error model_ref_fallbacks(struct model_ref **out, size_t *count, struct config *c,
                                     str agent, struct arena *a, struct err *e);
/* For other choices of the configuration (a reference, or {primary, fallbacks}): what it names;
 * *found false: it names none. CHELA_CONFIG as above. */
enum chela_error model_ref_primary(struct model_ref *out, bool *found, struct config *c,
                                   doc_node choice, struct arena *a, struct err *e);
/* A list of references, parsed, each model once; *count of them. One that chela cannot serve
 * (another provider's) is left out with a warning: the file is OpenClaw's and may name providers
 * that chela has not. */
enum chela_error model_ref_list(struct model_ref **out, size_t *count, struct config *c,
                                doc_node list, struct arena *a, struct err *e);

/* ---- kinds of models the rules ask about; all look at the wire id ---- */
bool model_is_auto(str id);         /* openrouter/auto, auto; with :variant too */
bool model_is_hunter_alpha(str id); /* openrouter/hunter-alpha[:…], hunter-alpha[:…] */
bool model_is_anthropic(str id);    /* anthropic/…, also behind openrouter/ or ~ */
bool model_is_deepseek_v4(str id);  /* deepseek/deepseek-v4-flash|pro[:…], no dated suffix */
bool model_is_gemini(str id);       /* "gemini" anywhere */

#endif
