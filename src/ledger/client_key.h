/* Keys of the gateway's clients: who may ask, for which models, for how much.
 *
 * A key is shown once, when it is made; what is kept is its SHA-256, which is its id in
 * OpenRouter's API too ("hash"). What a key has spent stands in its row, and is written in the same
 * transaction as the calls that spent it. The functions work on the file, whether a gateway runs or
 * not.
 */
#ifndef CHELA_LEDGER_CLIENT_KEY_H
#define CHELA_LEDGER_CLIENT_KEY_H

#include "base/sha256.h"
#include "ledger/window.h"
#include "store/store.h"

enum {
    CLIENT_KEY_TEXT = 80,    /* holds a key */
    CLIENT_KEYS_MAX = 10000, /* in one file */
};

struct client_key {
    char hash[2 * SHA256_SIZE + 1]; /* lower-case hex */
    char label[32];                 /* "sk-or-v1-0e6...1c9" */
    char name[128];
    char models[1024]; /* "openai/gpt-4o anthropic/…*": what it may ask for; "": everything */
    bool management;   /* it manages keys, and asks no model */
    bool disabled;
    nano limit;                                 /* of each window; -1: none */
    enum window reset;                          /* WINDOW_TOTAL: the limit is for good */
    int64_t created_ms, updated_ms, expires_ms; /* 0: never */
    struct spend spend;
};

/* The id of a key that a client showed. */
enum chela_error client_key_hash(char hash[2 * SHA256_SIZE + 1], str text, struct err *e);
/* "sk-or-v1-0e6...1c9" */
void client_key_label(char label[32], str text);
/* A fresh one: hash, label and time are set, text is what its owner gets. */
enum chela_error client_key_make(struct client_key *k, char text[CLIENT_KEY_TEXT], int64_t now_ms,
                                 struct err *e);

/* Fields as people write them; CHELA_USAGE says what is wrong. */
enum chela_error client_key_set_name(struct client_key *k, str name, struct err *e);
enum chela_error client_key_set_limit(struct client_key *k, double usd, struct err *e);
/* Words or a list with commas; a last '*' stands for anything. */
enum chela_error client_key_add_models(struct client_key *k, str models, struct err *e);
bool client_key_allows(const struct client_key *k, str model);
/* NULL: it may come in. */
const char *client_key_refusal(const struct client_key *k, int64_t now_ms);

enum chela_error client_key_insert(struct store *s, const struct client_key *k, struct err *e);
/* All but hash, label, time of making and spend. CHELA_NOT_FOUND. */
enum chela_error client_key_update(struct store *s, const struct client_key *k, struct err *e);
/* What it did stays in the ledger. CHELA_NOT_FOUND. */
enum chela_error client_key_delete(struct store *s, str hash, struct err *e);
/* The one with that hash. CHELA_NOT_FOUND. */
enum chela_error client_key_get(struct store *s, str hash, struct client_key *out, struct err *e);
/* Oldest first. */
enum chela_error client_key_list(struct store *s, struct arena *a, struct client_key **list,
                                 size_t *count, struct err *e);
/* By name, by the beginning of its hash (4 digits or more) or its label. CHELA_NOT_FOUND with a
 * "did you mean"; CHELA_USAGE: several are meant. */
enum chela_error client_key_find(struct store *s, str said, struct arena *a,
                                 struct client_key **out, struct err *e);
/* Adds what was spent since to its row; nothing happens when there is none any more. */
enum chela_error client_key_spend(struct store *s, str hash, const struct spend *more,
                                  struct err *e);

#endif
