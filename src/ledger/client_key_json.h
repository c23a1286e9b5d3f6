/* A key as OpenRouter's API shows it, for the API and for --json. */
#ifndef CHELA_LEDGER_CLIENT_KEY_JSON_H
#define CHELA_LEDGER_CLIENT_KEY_JSON_H

#include "doc/json_write.h"
#include "ledger/client_key.h"

/* An element of GET /keys, and allowed_models and is_management_key, which are chela's own. */
void client_key_json(struct json_writer *w, const struct client_key *k, int64_t now_ms);
/* "limit" to "usage_monthly" and the byok_… of both; inside an object of the caller's. */
void client_key_json_money(struct json_writer *w, const struct client_key *k, int64_t now_ms);
/* null for less than 0 */
void client_key_json_time(struct json_writer *w, const char *key, int64_t unix_ms);

#endif
