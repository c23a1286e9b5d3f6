/* Inside config/: making a key of text that came from somewhere. */
#ifndef CHELA_CONFIG_SECRET_REF_H
#define CHELA_CONFIG_SECRET_REF_H

#include "config/internal.h"

/* Trims and checks text, then binds it to the origin. `source` names it in messages. CHELA_NO_KEY
 * when it is blank, CHELA_KEY_REFUSED when it cannot be a key. */
enum chela_error secret_take(struct secret *out, str text, str origin, const char *source,
                             struct err *e);
/* Reads a file that holds keys; warns when others may read it. */
enum chela_error secret_file_read(const char *path, struct buf *text, struct err *e);
/* Runs the command of an exec provider; whether that is allowed has been asked. */
enum chela_error secret_exec(struct config *c, doc_node provider, str alias, str id, str origin,
                             struct secret *out, const char *at, struct err *e);
/* The credential of models.providers.openrouter.request.auth; *configured: it says one. */
enum chela_error request_auth_find(struct config *c, str origin, struct credential *out,
                                   bool *configured, struct err *e);

#endif
