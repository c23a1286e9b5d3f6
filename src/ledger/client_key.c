#include "ledger/client_key.h"

#include "base/suggest.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static const char prefix[] = "sk-or-v1-";

static void hex(char *dst, const unsigned char *bytes, size_t n) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        *dst++ = digits[bytes[i] >> 4];
        *dst++ = digits[bytes[i] & 15];
    }
    *dst = '\0';
}

enum chela_error client_key_hash(char hash[2 * SHA256_SIZE + 1], str text, struct err *e) {
    unsigned char bytes[SHA256_SIZE];
    enum chela_error rc = sha256(bytes, text, e);
    if (rc == CHELA_OK) hex(hash, bytes, sizeof bytes);
    return rc;
}

/* Of a short key that somebody chose three letters at each end would be too much. */
void client_key_label(char label[32], str text) {
    if (text.n < 40) {
        str_copy(label, 32, S("***"));
        return;
    }
    size_t head = str_starts(text, str_c(prefix)) ? sizeof prefix - 1 + 3 : 3;
    snprintf(label, 32, "%.*s...%.*s", STR_ARG(str_head(text, head)),
             STR_ARG(str_skip(text, text.n - 3)));
}

enum chela_error client_key_make(struct client_key *k, char text[CLIENT_KEY_TEXT], int64_t now_ms,
                                 struct err *e) {
    unsigned char noise[32];
    *k = (struct client_key){ .limit = -1, .created_ms = now_ms };
    if (getrandom(noise, sizeof noise, 0) != (ssize_t)sizeof noise)
        return err_set(e, CHELA_IO, "no random numbers: %s", strerror(errno));
    memcpy(text, prefix, sizeof prefix);
    hex(text + sizeof prefix - 1, noise, sizeof noise);
    explicit_bzero(noise, sizeof noise);
    client_key_label(k->label, str_c(text));
    return client_key_hash(k->hash, str_c(text), e);
}

/* ---- fields ---- */

enum chela_error client_key_set_name(struct client_key *k, str name, struct err *e) {
    name = str_trim(name);
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7f)
            return err_set(e, CHELA_USAGE, "a key's name is one line of text");
    if (!name.n) return err_set(e, CHELA_USAGE, "a key needs a name");
    if (!str_copy(k->name, sizeof k->name, name))
        return err_set(e, CHELA_USAGE, "a key's name has at most %zu bytes", sizeof k->name - 1);
    return CHELA_OK;
}

enum chela_error client_key_set_limit(struct client_key *k, double usd, struct err *e) {
    if (!isfinite(usd) || usd < 0 || usd > 1e9)
        return err_set(e, CHELA_USAGE, "a limit is an amount of US dollars, 0 or more");
    k->limit = nano_of(usd);
    return CHELA_OK;
}

static bool separates(char c) {
    return c == ',' || ascii_space(c);
}

static bool next_word(str *rest, str *word) {
    while (rest->n && separates(rest->p[0])) *rest = str_skip(*rest, 1);
    size_t n = 0;
    while (n < rest->n && !separates(rest->p[n])) n++;
    *word = str_head(*rest, n);
    *rest = str_skip(*rest, n);
    return n > 0;
}

enum chela_error client_key_add_models(struct client_key *k, str models, struct err *e) {
    size_t at = strlen(k->models);
    str word;
    while (next_word(&models, &word)) {
        ptrdiff_t star = str_chr(word, '*');
        if (star >= 0 && (size_t)star + 1 != word.n)
            return err_set(e, CHELA_USAGE, "\"%.*s\": a * may only be the last letter of a model",
                           STR_ARG(word));
        if (at + word.n + 2 > sizeof k->models)
            return err_set(e, CHELA_USAGE, "the list of models is too long: %zu bytes at most",
                           sizeof k->models - 1);
        if (at) k->models[at++] = ' ';
        memcpy(k->models + at, word.p, word.n);
        at += word.n;
        k->models[at] = '\0';
    }
    return CHELA_OK;
}

bool client_key_allows(const struct client_key *k, str model) {
    str rest = str_c(k->models), word;
    if (!k->models[0]) return true;
    while (next_word(&rest, &word)) {
        bool open = word.p[word.n - 1] == '*';
        if (open ? str_istarts(model, str_head(word, word.n - 1)) : str_ieq(model, word))
            return true;
    }
    return false;
}

const char *client_key_refusal(const struct client_key *k, int64_t now_ms) {
    if (k->disabled) return "this key is disabled";
    if (k->expires_ms && now_ms >= k->expires_ms) return "this key has expired";
    return NULL;
}

/* ---- rows ---- */

#define FIELDS                                                                                     \
    "name, label, models, management, disabled, limit_nano, reset, created_ms, updated_ms,"        \
    " expires_ms"
#define SPEND "total, day, day_number, week, week_number, month, month_number"

static void bind_fields(struct store_query *q, const struct client_key *k) {
    store_bind_text(q, 1, str_c(k->hash));
    store_bind_text(q, 2, str_c(k->name));
    store_bind_text(q, 3, str_c(k->label));
    store_bind_text(q, 4, str_c(k->models));
    store_bind_int(q, 5, k->management);
    store_bind_int(q, 6, k->disabled);
    store_bind_int(q, 7, k->limit);
    store_bind_int(q, 8, k->reset);
    store_bind_int(q, 9, k->created_ms);
    store_bind_int(q, 10, k->updated_ms);
    store_bind_int(q, 11, k->expires_ms);
}

static enum chela_error no_such_key(str hash, struct err *e) {
    return err_set(e, CHELA_NOT_FOUND, "there is no key %.*s", STR_ARG(str_head(hash, 12)));
}

/* One statement that tells with a row that it did something. */
static enum chela_error change(struct store_query *q, str hash, struct err *e) {
    bool row = false;
    enum chela_error rc = store_step(q, &row, e);
    bool found = row;
    while (rc == CHELA_OK && row) rc = store_step(q, &row, e);
    store_finish(q);
    return rc != CHELA_OK || found ? rc : no_such_key(hash, e);
}

enum chela_error client_key_insert(struct store *s, const struct client_key *k, struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc = store_prepare(&q, s,
                                        "INSERT INTO client_key(hash, " FIELDS ")"
                                        " SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11"
                                        " WHERE (SELECT count(*) FROM client_key) < ?12"
                                        " RETURNING 1",
                                        e);
    if (rc != CHELA_OK) return rc;
    bind_fields(q, k);
    store_bind_int(q, 12, CLIENT_KEYS_MAX);
    rc = change(q, str_c(k->hash), e);
    if (rc == CHELA_NOT_FOUND)
        return err_set(e, CHELA_LIMIT, "there are %d keys already: delete some", CLIENT_KEYS_MAX);
    return rc;
}

enum chela_error client_key_update(struct store *s, const struct client_key *k, struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc =
        store_prepare(&q, s,
                      "UPDATE client_key SET name=?2, models=?4, management=?5, disabled=?6,"
                      " limit_nano=?7, reset=?8, updated_ms=?10, expires_ms=?11 WHERE hash=?1"
                      " RETURNING 1",
                      e);
    if (rc != CHELA_OK) return rc;
    bind_fields(q, k);
    return change(q, str_c(k->hash), e);
}

enum chela_error client_key_delete(struct store *s, str hash, struct err *e) {
    struct store_query *q = NULL;
    enum chela_error rc =
        store_prepare(&q, s, "DELETE FROM client_key WHERE hash=?1 RETURNING 1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, hash);
    return change(q, hash, e);
}

static void read_row(struct client_key *k, struct store_query *q) {
    *k = (struct client_key){ .management = store_int(q, 4) != 0,
                              .disabled = store_int(q, 5) != 0,
                              .limit = store_int(q, 6),
                              .created_ms = store_int(q, 8),
                              .updated_ms = store_int(q, 9),
                              .expires_ms = store_int(q, 10) };
    int64_t reset = store_int(q, 7);
    if (reset > 0 && reset < WINDOWS) k->reset = (enum window)reset;
    str_copy(k->hash, sizeof k->hash, store_text(q, 0));
    str_copy(k->name, sizeof k->name, store_text(q, 1));
    str_copy(k->label, sizeof k->label, store_text(q, 2));
    str_copy(k->models, sizeof k->models, store_text(q, 3));
    k->spend.sum[WINDOW_TOTAL] = store_int(q, 11);
    for (int w = WINDOW_DAILY; w < WINDOWS; w++) {
        k->spend.sum[w] = store_int(q, 10 + 2 * w);
        k->spend.number[w] = store_int(q, 11 + 2 * w);
    }
}

enum chela_error client_key_get(struct store *s, str hash, struct client_key *out, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    *out = (struct client_key){ .limit = -1 };
    enum chela_error rc =
        store_prepare(&q, s, "SELECT hash, " FIELDS ", " SPEND " FROM client_key WHERE hash=?1", e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, hash);
    rc = store_step(q, &row, e);
    if (row) read_row(out, q);
    store_finish(q);
    return rc != CHELA_OK || row ? rc : no_such_key(hash, e);
}

enum chela_error client_key_list(struct store *s, struct arena *a, struct client_key **list,
                                 size_t *count, struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    size_t cap = 0;
    *list = NULL;
    *count = 0;
    enum chela_error rc = store_prepare(
        &q, s, "SELECT hash, " FIELDS ", " SPEND " FROM client_key ORDER BY created_ms, hash", e);
    for (;;) {
        if (rc == CHELA_OK) rc = store_step(q, &row, e);
        if (rc != CHELA_OK || !row) break;
        struct client_key *longer = arena_list(a, *list, *count, &cap, sizeof **list);
        if (longer)
            read_row(&(*list = longer)[(*count)++], q);
        else
            rc = err_set(e, CHELA_NOMEM, "out of memory for the keys");
    }
    store_finish(q);
    return rc;
}

static bool is_meant(const struct client_key *k, str said) {
    return str_eq(said, str_c(k->name)) || str_eq(said, str_c(k->label)) ||
           (said.n >= 4 && str_starts(str_c(k->hash), said));
}

enum chela_error client_key_find(struct store *s, str said, struct arena *a,
                                 struct client_key **out, struct err *e) {
    struct client_key *list;
    struct suggest near;
    size_t count, found = 0;
    *out = NULL;
    enum chela_error rc = client_key_list(s, a, &list, &count, e);
    if (rc != CHELA_OK) return rc;
    suggest_init(&near, said);
    for (size_t i = 0; i < count; i++) {
        suggest_offer(&near, str_c(list[i].name));
        if (!is_meant(&list[i], said)) continue;
        *out = &list[i];
        found++;
    }
    if (found == 1) return CHELA_OK;
    if (found) {
        err_set(e, CHELA_USAGE, "%zu keys are called \"%.*s\"", found, STR_ARG(said));
        return err_hint(e, CHELA_USAGE, "name it by its hash: chela gateway keys list");
    }
    err_set(e, CHELA_NOT_FOUND, "there is no key \"%.*s\"", STR_ARG(said));
    if (near.best.n)
        return err_hint(e, CHELA_NOT_FOUND, "did you mean \"%.*s\"?", STR_ARG(near.best));
    return err_hint(e, CHELA_NOT_FOUND,
                    count ? "chela gateway keys list shows them"
                          : "chela gateway keys create makes the first");
}

enum chela_error client_key_spend(struct store *s, str hash, const struct spend *more,
                                  struct err *e) {
    struct store_query *q = NULL;
    bool row = false;
    enum chela_error rc =
        store_prepare(&q, s,
                      "UPDATE client_key SET total=total+?2,"
                      " day=?3+iif(day_number=?4,day,0), day_number=?4,"
                      " week=?5+iif(week_number=?6,week,0), week_number=?6,"
                      " month=?7+iif(month_number=?8,month,0), month_number=?8 WHERE hash=?1",
                      e);
    if (rc != CHELA_OK) return rc;
    store_bind_text(q, 1, hash);
    store_bind_int(q, 2, more->sum[WINDOW_TOTAL]);
    for (int w = WINDOW_DAILY; w < WINDOWS; w++) {
        store_bind_int(q, 1 + 2 * w, more->sum[w]);
        store_bind_int(q, 2 + 2 * w, more->number[w]);
    }
    rc = store_step(q, &row, e);
    store_finish(q);
    return rc;
}
