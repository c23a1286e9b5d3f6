/* Inside catalog/: what the reference grammar, the rows and the configuration share about ids. */
#ifndef CHELA_CATALOG_MODEL_ID_H
#define CHELA_CATALOG_MODEL_ID_H

#include "catalog/model_ref.h"

enum { MODEL_REF_MAX = 256 }; /* bytes of a reference and of a canonical key */

/* NULL when id can be a model's: visible characters, UTF-8, no empty part between slashes or after
 * a ':'. Else what is wrong with it, to follow a colon in a message. */
const char *model_id_fault(str id);
/* A '/' in the model's name; the one of "@preset/…" behind it does not count. */
bool model_id_has_vendor(str id);
/* The wire id of an id that is known to be OpenRouter's: "auto" → "openrouter/auto",
 * "openrouter/openrouter/x" → "openrouter/x", "deepseek-v4-pro" → "deepseek/deepseek-v4-pro",
 * "openrouter/a/b" → "a/b". Points into id unless something has to be put in front. Empty: nothing
 * is left, or the arena failed. */
str model_id_on_wire(str id, struct arena *a);
/* Without its last ":variant"; without "@preset/…" first. False: there is none. */
bool model_id_parent(str id, str *parent);
/* What follows the last '/' of the model, its variants and preset kept. */
str model_id_tail(str id);

/* As model_ref_parse, and a bare id that the configuration does not know either is handed back in
 * *bare (with its variants, without the profile, which is in out->profile) beside the error. */
enum chela_error model_ref_read(struct model_ref *out, str text, struct config *c, struct arena *a,
                                str *bare, struct err *e);
/* A key of agents.defaults.models: no alias, its profile not kept. False: it names no model of
 * OpenRouter's. */
bool model_ref_of_key(struct model_ref *out, str key, struct config *c, struct arena *a);
/* Fills provider, id and key. */
enum chela_error model_ref_set_id(struct model_ref *out, str id, struct arena *a, struct err *e);

#endif
