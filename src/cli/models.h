/* What the models commands share: three forms of output, and how a reference is understood. */
#ifndef CHELA_CLI_MODELS_H
#define CHELA_CLI_MODELS_H

#include "agent/cooldown.h"
#include "catalog/model_edit.h"
#include "cli/editing.h"

enum models_form { MODELS_TEXT, MODELS_PLAIN, MODELS_JSON };

/* --json and --plain; CHELA_USAGE for both. */
enum chela_error models_form(struct cli *c, enum models_form *out, struct err *e);
/* What somebody typed: an alias, a reference, a bare name with one owner. A model that the fetched
 * catalogue does not have is taken, with a word on stderr: it may be newer. */
enum chela_error models_resolve(struct model_ref *out, str text, struct config *c, struct arena *a,
                                struct err *e);
/* The canonical key of a text of the configuration, with the profile that it names; the text itself
 * when it is no reference. */
str models_key(struct config *c, str text, struct arena *a);

/* "coolDowns": [{model, key, until, remainingMs, failures, code, message}] */
void models_write_cooldowns(struct json_writer *w, const struct cooldown *list, size_t count);

/* ---- columns ---- */
enum { MODELS_KEY = 43, MODELS_TOKENS = 24 };
void models_cut_key(char dst[MODELS_KEY], str key);          /* a long one ends in "..." */
void models_tokens(char dst[MODELS_TOKENS], int64_t tokens); /* "256k"; "-" when not known */

/* ---- options ---- */
#define MODELS_PLAIN_OPTION                                                                        \
    { "plain", 0, OPTION_FLAG, NULL, "bare lines, for scripts" }
#define MODELS_JSON_OPTION                                                                         \
    { "json", 0, OPTION_FLAG, NULL, "JSON" }
extern const struct option_spec models_list_options[], models_change_options[]; /* with or without
                                                                                   --plain */

#endif
