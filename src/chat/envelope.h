/* Parts of the one JSON envelope that every command prints with --json, success or failure:
 * {ok, capability, transport, provider, model, attempts, outputs, ignoredOverrides, error}. */
#ifndef CHELA_CHAT_ENVELOPE_H
#define CHELA_CHAT_ENVELOPE_H

#include "chat/chat.h"
#include "doc/json_write.h"

/* "ok", "capability", "transport", "provider", "model" */
void envelope_begin(struct json_writer *w, bool ok, str capability, str model);
/* The members of one attempt, inside an object of the caller's. */
void envelope_attempt(struct json_writer *w, const struct chat_attempt *a);
/* "attempts": [{model, ok, status?, code?, message?, ms}] */
void envelope_attempts(struct json_writer *w, const struct chat_attempt *list, size_t count);
/* "error": {code, message, hint?, httpStatus?, retryAfterSeconds?, requestId?}, or null */
void envelope_error(struct json_writer *w, const struct err *e);

#endif
