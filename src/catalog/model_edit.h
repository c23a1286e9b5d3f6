/* Changing which models the configuration chooses: the part of an edit of openclaw.json that the
 * models commands and onboarding share.
 *
 * What is written is the canonical key. A model that is chosen also gets an entry in
 * agents.defaults.models, as OpenClaw gives it one: there a list that is not empty is the list of
 * all models that may be used. Nothing is taken out of the file but what was asked for.
 */
#ifndef CHELA_CATALOG_MODEL_EDIT_H
#define CHELA_CATALOG_MODEL_EDIT_H

#include "catalog/model_ref.h"
#include "config/edit.h"

enum model_slot { MODEL_CHAT, MODEL_IMAGE }; /* agents.defaults.model and .imageModel */

/* "agents.defaults.model" */
str model_slot_path(enum model_slot slot);

/* Makes ref the slot's primary model. A model that is written as a string becomes an object, whose
 * fallbacks stay. */
enum chela_error model_edit_primary(struct config_edit *x, enum model_slot slot,
                                    const struct model_ref *ref, struct err *e);
/* Puts ref at the end of the slot's fallbacks; one that is there already stays where it is. */
enum chela_error model_edit_add_fallback(struct config_edit *x, enum model_slot slot,
                                         const struct model_ref *ref, struct err *e);
/* text: a reference, or what stands there. CHELA_INPUT, with the nearest one, when it is none of
 * them. */
enum chela_error model_edit_remove_fallback(struct config_edit *x, enum model_slot slot, str text,
                                            struct err *e);
/* Exactly these, in order; with count 0 none. */
enum chela_error model_edit_set_fallbacks(struct config_edit *x, enum model_slot slot,
                                          const struct model_ref *refs, size_t count,
                                          struct err *e);
/* An entry in agents.defaults.models, unless there is one in any spelling. */
enum chela_error model_edit_entry(struct config_edit *x, const struct model_ref *ref,
                                  struct err *e);
/* CHELA_INPUT when the alias cannot be one, or points to another model. */
enum chela_error model_edit_add_alias(struct config_edit *x, str alias, const struct model_ref *ref,
                                      struct err *e);
/* CHELA_INPUT, with the nearest one, when there is no such alias. */
enum chela_error model_edit_remove_alias(struct config_edit *x, str alias, struct err *e);

#endif
