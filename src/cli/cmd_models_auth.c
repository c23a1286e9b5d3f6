/* chela models auth: the stored keys, one by one. They are OpenClaw's auth profiles; chela's one
 * provider is OpenRouter, so only its profiles are changed here, while `list` shows all. */
#include "base/clock.h"
#include "base/file.h"
#include "chat/key_check.h"
#include "cli/ask.h"
#include "cli/editing.h"
#include "config/auth_store.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MAX_KEY = 64 << 10, MAX_TEXT = 1 << 20, MAX_ID = 120 };

static const char keys_page[] = "https://openrouter.ai/keys";

static enum chela_error check_provider(const struct cli *c, struct err *e) {
    str provider = cli_text(c, "provider");
    if (!provider.n || str_ieq(provider, S("openrouter"))) return CHELA_OK;
    return err_set(e, CHELA_USAGE, "--provider \"%.*s\": chela's one provider is openrouter",
                   STR_ARG(provider));
}

static enum chela_error begin(const struct cli *c, struct config **config, struct err *e) {
    enum chela_error rc = check_provider(c, e);
    *config = NULL;
    if (rc == CHELA_OK) rc = config_load(config, c->env, e);
    if (rc == CHELA_OK && cli_given(c, "agent") && !str_ieq(cli_text(c, "agent"), S("main")))
        cli_note("chela: all agents use the keys of %s", config_where(*config)->auth_profiles);
    return rc;
}

/* ---- list ---- */

/* The key masked, or where it is. */
static void add_label(const struct auth_store *s, const struct auth_profile *p, struct buf *out) {
    str text = { 0 }, id = { 0 };
    char mask[32];
    if (doc_string(s->doc, p->key, &text)) {
        secret_mask(mask, sizeof mask, str_trim(text));
        buf_add(out, str_c(mask));
    } else if (doc_string(s->doc, doc_get(s->doc, p->key, S("id")), &id)) {
        buf_addf(out, "a reference to %.*s", STR_ARG(id));
    } else if (p->why) {
        buf_addf(out, "not usable: %s", p->why);
    }
}

static bool is_listed(const struct cli *c, const struct auth_profile *p) {
    return !cli_given(c, "provider") || auth_is_for(p, cli_text(c, "provider"));
}

static void list_json(const struct cli *c, const struct config_paths *where,
                      const struct auth_store *s, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    str store = str_c(where->auth_profiles);
    str folder = str_head(store, (size_t)str_rchr(store, '/'));
    struct buf state = BUF_INIT(8192);
    buf_addf(&state, "%.*s/auth-state.json", STR_ARG(folder));
    json_object(&w);
    json_kstring(&w, "agentId", S("main"));
    json_kstring(&w, "agentDir", folder);
    json_kstring(&w, "authStatePath", buf_str(&state));
    json_key(&w, S("provider"));
    if (cli_given(c, "provider"))
        json_string(&w, cli_text(c, "provider"));
    else
        json_null(&w);
    json_key(&w, S("profiles"));
    json_array(&w);
    for (size_t i = 0; i < s->count; i++) {
        const struct auth_profile *p = &s->profile[i];
        struct buf label = BUF_INIT(2048);
        if (!is_listed(c, p)) continue;
        add_label(s, p, &label);
        json_object(&w);
        json_kstring(&w, "id", p->id);
        json_kstring(&w, "provider", p->provider);
        json_kstring(&w, "type", str_c(auth_kind_name(p->kind)));
        json_kstring(&w, "label", buf_str(&label));
        json_object_end(&w);
        buf_free(&label);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_free(&state);
}

static void list_text(const struct cli *c, const struct auth_store *s, struct buf *out) {
    for (size_t i = 0; i < s->count; i++) {
        const struct auth_profile *p = &s->profile[i];
        if (!is_listed(c, p)) continue;
        buf_addf(out, "%.*s (%s): ", STR_ARG(p->id), auth_kind_name(p->kind));
        add_label(s, p, out);
        buf_addc(out, '\n');
    }
    if (!out->n) buf_addf(out, "no keys in %s\n", s->path);
    out->n -= out->n > 0; /* editing_print ends the line */
}

static enum chela_error run_list(struct cli *c, struct err *e) {
    struct config_paths where;
    struct auth_store s;
    struct buf out = BUF_INIT(MAX_TEXT);
    enum chela_error rc = config_paths(&where, c->env, e);
    if (rc != CHELA_OK) return rc;
    auth_store_open(&s, &where);
    if (s.problem.code != CHELA_OK) {
        *e = s.problem;
        rc = e->code = CHELA_CONFIG;
    } else if (c->json) {
        list_json(c, &where, &s, &out);
    } else {
        list_text(c, &s, &out);
    }
    auth_store_close(&s);
    if (rc == CHELA_OK) return editing_print(c, &out, e);
    buf_free(&out);
    return rc;
}

/* ---- adding ---- */

struct addition {
    char id[MAX_ID + 1];
    struct auth_value value;
    struct secret secret;
    struct key_report report;
};

static enum chela_error read_id(const struct cli *c, const char *otherwise, struct addition *a,
                                struct err *e) {
    str id = str_trim(cli_text(c, "profile-id"));
    if (!id.n) id = str_c(otherwise);
    bool good = str_copy(a->id, sizeof a->id, id);
    for (size_t i = 0; i < id.n; i++) good = good && id.p[i] > ' ' && id.p[i] != 0x7f;
    if (good) return CHELA_OK;
    return err_set(e, CHELA_USAGE, "--profile-id: a name of at most %d bytes without blanks",
                   MAX_ID);
}

/* "365d", "12h", "30m", "90s" → when that is over. */
static enum chela_error read_expiry(str text, int64_t *expires_ms, struct err *e) {
    static const struct {
        char letter;
        int64_t ms;
    } units[] = {
        { 's', 1000 }, { 'm', 60000 }, { 'h', 3600000 }, { 'd', 86400000 }, { 'w', 604800000 }
    };
    int64_t n, unit = 86400000;
    str digits = text;
    for (size_t i = 0; i < sizeof units / sizeof units[0] && text.n; i++) {
        if (ascii_lower(text.p[text.n - 1]) != units[i].letter) continue;
        unit = units[i].ms;
        digits = str_head(text, text.n - 1);
    }
    if (!str_i64(digits, &n) || n <= 0 || n > 36500)
        return err_set(e, CHELA_USAGE, "--expires-in takes a time like 365d or 12h, not \"%.*s\"",
                       STR_ARG(text));
    *expires_ms = clock_unix_ms() + n * unit;
    return CHELA_OK;
}

/* From a terminal, hidden; else from standard input. */
static enum chela_error read_key(struct addition *a, str origin, const char *question,
                                 struct err *e) {
    struct buf text = BUF_INIT(MAX_KEY);
    enum chela_error rc = CHELA_OK;
    if (!isatty(STDIN_FILENO)) {
        rc = file_read_fd(STDIN_FILENO, "standard input", &text, e);
    } else {
        ask_begin();
        rc = ask_hidden(question, &text, e);
        ask_end();
    }
    str key = text.p ? auth_clean_key(text.p, text.n) : S("");
    if (rc == CHELA_OK && !secret_is_sendable(key))
        rc = err_set(e, CHELA_INPUT, "what was given is no key: it is empty, or holds a blank");
    if (rc == CHELA_OK && !secret_set(&a->secret, key, origin))
        rc = err_set(e, CHELA_NOMEM, "out of memory");
    if (text.p) explicit_bzero(text.p, text.n);
    buf_free(&text);
    if (rc == CHELA_CANCELLED) err_hint(e, rc, "nothing was stored");
    return rc;
}

static enum chela_error check_key(struct addition *a, struct config *config,
                                  const struct route *route, struct err *e) {
    enum chela_error rc = key_check(&a->report, config, route, &a->secret, NULL, e);
    if (rc != CHELA_OK || a->report.verdict != KEY_REFUSED) return rc;
    err_set(e, CHELA_KEY_REFUSED, "the key is refused: %s; nothing was stored", a->report.reason);
    return err_hint(e, CHELA_KEY_REFUSED, "make one at %s", keys_page);
}

/* auth.profiles of the configuration names it too, as OpenClaw has it. */
static enum chela_error note_profile(struct config_edit *x, void *ctx, struct err *e) {
    const struct addition *a = ctx;
    struct buf path = BUF_INIT(2048), mode = BUF_INIT(64);
    buf_add(&path, S("auth.profiles["));
    json_quote(&path, str_c(a->id));
    size_t n = path.n;
    buf_add(&path, S("].provider"));
    json_quote(&mode, str_c(auth_kind_name(a->value.kind)));
    enum chela_error rc = config_edit_set(x, buf_str(&path), S("\"openrouter\""), e);
    path.n = n;
    buf_add(&path, S("].mode"));
    if (rc == CHELA_OK) rc = config_edit_set(x, buf_str(&path), buf_str(&mode), e);
    buf_free(&path);
    buf_free(&mode);
    return rc;
}

static enum chela_error tell_added(struct cli *c, const struct addition *a, struct config *config,
                                   struct err *e) {
    struct buf out = BUF_INIT(MAX_TEXT);
    const char *path = config_where(config)->auth_profiles;
    if (c->json) {
        struct json_writer w = JSON_WRITER(&out);
        json_object(&w);
        json_kbool(&w, "ok", true);
        json_kstring(&w, "profile", str_c(a->id));
        json_kstring(&w, "path", str_c(path));
        json_kstring(&w, "check", str_c(key_verdict_name(a->report.verdict)));
        json_object_end(&w);
    } else {
        buf_addf(&out, "Stored %s in %s (for you alone).", a->id, path);
        if (a->report.verdict == KEY_UNCHECKED)
            buf_addf(&out, "\nIt was not checked: %s", a->report.reason);
    }
    return editing_print(c, &out, e);
}

static enum chela_error store(struct cli *c, struct addition *a, struct config *config,
                              struct err *e) {
    struct editing edit = { 0 };
    a->value.provider = S("openrouter");
    a->value.secret = (str){ a->secret.bytes, a->secret.n };
    enum chela_error rc = auth_store_put(config_where(config), str_c(a->id), &a->value, e);
    if (rc == CHELA_OK) rc = editing_run(c, &edit, note_profile, a, e);
    return rc == CHELA_OK ? tell_added(c, a, config, e) : rc;
}

static enum chela_error add(struct cli *c, struct addition *a, const char *question,
                            struct err *e) {
    struct config *config;
    struct route route;
    struct arena arena = ARENA_INIT(MAX_TEXT);
    enum chela_error rc = begin(c, &config, e);
    if (rc == CHELA_OK) rc = route_chat(&route, config, &arena, e);
    if (rc == CHELA_OK) rc = read_key(a, route.origin, question, e);
    if (rc == CHELA_OK) rc = check_key(a, config, &route, e);
    if (rc == CHELA_OK) rc = store(c, a, config, e);
    secret_free(&a->secret);
    arena_free(&arena);
    config_free(config);
    return rc;
}

static enum chela_error run_add(struct cli *c, struct err *e) {
    struct addition a = { .value = { .kind = AUTH_API_KEY } };
    enum chela_error rc = read_id(c, "openrouter:default", &a, e);
    return rc == CHELA_OK ? add(c, &a, "OpenRouter key (hidden while you type): ", e) : rc;
}

static enum chela_error run_paste_token(struct cli *c, struct err *e) {
    struct addition a = { .value = { .kind = AUTH_TOKEN } };
    enum chela_error rc = read_id(c, "openrouter:manual", &a, e);
    if (rc == CHELA_OK && cli_given(c, "expires-in"))
        rc = read_expiry(str_trim(cli_text(c, "expires-in")), &a.value.expires_ms, e);
    return rc == CHELA_OK ? add(c, &a, "Token (hidden while you type): ", e) : rc;
}

static enum chela_error run_login(struct cli *c, struct err *e) {
    str method = cli_text(c, "method");
    enum chela_error rc = check_provider(c, e);
    if (rc != CHELA_OK) return rc;
    if (str_eq(method, S("api-key")) || str_eq(method, S("api_key"))) return run_add(c, e);
    err_set(e, CHELA_USAGE, "chela does not sign in through a browser");
    return err_hint(e, CHELA_USAGE, "make a key at %s, then: chela models auth add", keys_page);
}

/* ---- removing ---- */

static enum chela_error forget_profile(struct config_edit *x, void *ctx, struct err *e) {
    const str *id = ctx;
    struct buf path = BUF_INIT(2048);
    buf_add(&path, S("auth.profiles["));
    json_quote(&path, *id);
    buf_add(&path, S("]"));
    enum chela_error rc = config_edit_unset(x, buf_str(&path), NULL, e);
    buf_free(&path);
    struct doc *d = x->doc;
    doc_node order = doc_path_get(d, S("auth.order.openrouter"), NULL);
    size_t i = 0;
    str one;
    for (doc_node n = doc_first(d, order); n && rc == CHELA_OK; n = doc_next(d, n), i++) {
        char item[64];
        if (!doc_string(d, n, &one) || !str_eq(one, *id)) continue;
        snprintf(item, sizeof item, "auth.order.openrouter[%zu]", i);
        bool last = doc_len(d, order) == 1; /* an empty order would be none */
        return config_edit_unset(x, last ? S("auth.order.openrouter") : str_c(item), NULL, e);
    }
    return rc;
}

/* The whole id of what was named, as long as it is OpenRouter's. */
static enum chela_error find_profile(const struct auth_store *s, str name, char *id, size_t cap,
                                     struct err *e) {
    struct buf known = BUF_INIT(4096);
    for (size_t i = 0; i < s->count; i++) {
        const struct auth_profile *p = &s->profile[i];
        if (!auth_is_for(p, S("openrouter"))) continue;
        buf_addf(&known, "%s%.*s", known.n ? ", " : "", STR_ARG(p->id));
        if (!auth_is_named(p, name)) continue;
        str_copy(id, cap, p->id);
        buf_free(&known);
        return CHELA_OK;
    }
    err_set(e, CHELA_INPUT, "there is no OpenRouter profile \"%.*s\" in %s", STR_ARG(name),
            s->path);
    if (known.n) err_hint(e, CHELA_INPUT, "there are: %.*s", STR_ARG(buf_str(&known)));
    buf_free(&known);
    return CHELA_INPUT;
}

static enum chela_error run_remove(struct cli *c, struct err *e) {
    struct config *config;
    struct auth_store s;
    struct editing edit = { 0 };
    char id[512];
    bool there = false;
    enum chela_error rc = begin(c, &config, e);
    if (rc != CHELA_OK) {
        config_free(config);
        return rc;
    }
    const struct config_paths *where = config_where(config);
    auth_store_open(&s, where);
    rc = find_profile(&s, c->arg[0], id, sizeof id, e);
    if (rc == CHELA_OK && s.legacy)
        rc = err_set(e, CHELA_CONFIG, "%s is of an older edition of OpenClaw and is not edited",
                     s.path);
    auth_store_close(&s);
    str name = str_c(id);
    if (rc == CHELA_OK) rc = auth_store_remove(where, name, &there, e);
    if (rc == CHELA_OK && file_exists(where->openclaw_json))
        rc = editing_run(c, &edit, forget_profile, &name, e);
    struct buf out = BUF_INIT(MAX_TEXT);
    if (c->json) {
        struct json_writer w = JSON_WRITER(&out);
        json_object(&w);
        json_kbool(&w, "ok", true);
        json_kstring(&w, "removed", name);
        json_object_end(&w);
    } else {
        buf_addf(&out, "Removed %s from %s.", id, where->auth_profiles);
    }
    if (rc == CHELA_OK) rc = editing_print(c, &out, e);
    buf_free(&out);
    config_free(config);
    return rc;
}

/* ---- the order ---- */

static enum chela_error print_order(struct cli *c, struct config *config, struct err *e) {
    const struct auth_profile *list[AUTH_MAX_PROFILES];
    struct auth_store s;
    struct buf out = BUF_INIT(MAX_TEXT);
    auth_store_open(&s, config_where(config));
    size_t count = auth_store_order(&s, config, S("openrouter"), list);
    struct json_writer w = JSON_WRITER(&out);
    if (c->json) {
        json_object(&w);
        json_kstring(&w, "provider", S("openrouter"));
        json_key(&w, S("order"));
        json_array(&w);
    }
    for (size_t i = 0; i < count; i++) {
        if (c->json)
            json_string(&w, list[i]->id);
        else
            buf_addf(&out, "%s%.*s", i ? "\n" : "", STR_ARG(list[i]->id));
    }
    if (c->json) {
        json_array_end(&w);
        json_object_end(&w);
    }
    if (!count && !c->json) buf_add(&out, S("no OpenRouter key is stored"));
    enum chela_error rc = editing_print(c, &out, e);
    auth_store_close(&s);
    return rc;
}

static enum chela_error run_order(struct cli *c, bool set, bool clear, struct err *e) {
    struct config *config;
    struct auth_store s;
    struct arena arena = ARENA_INIT(MAX_TEXT);
    str ids[AUTH_MAX_PROFILES];
    size_t count = set ? c->arg_count : 0;
    enum chela_error rc = begin(c, &config, e);
    if (rc == CHELA_OK && set) {
        auth_store_open(&s, config_where(config));
        for (size_t i = 0; i < count && rc == CHELA_OK; i++) {
            char id[512];
            rc = find_profile(&s, c->arg[i], id, sizeof id, e);
            if (rc == CHELA_OK) ids[i] = arena_dup(&arena, str_c(id));
        }
        auth_store_close(&s);
    }
    if (rc == CHELA_OK && (set || clear))
        rc = auth_order_put(config_where(config), S("openrouter"), ids, count, e);
    if (rc == CHELA_OK) rc = print_order(c, config, e);
    arena_free(&arena);
    config_free(config);
    return rc;
}

static enum chela_error run_order_get(struct cli *c, struct err *e) {
    return run_order(c, false, false, e);
}

static enum chela_error run_order_set(struct cli *c, struct err *e) {
    return run_order(c, true, false, e);
}

static enum chela_error run_order_clear(struct cli *c, struct err *e) {
    return run_order(c, false, true, e);
}

/* ---- the commands ---- */

#define COMMON                                                                                     \
    { "provider", 0, OPTION_TEXT, "ID", "whose keys: openrouter" },                                \
        { "agent", 0, OPTION_TEXT, NULL, NULL },                                                   \
        { "json", 0, OPTION_FLAG, NULL, "print one JSON document" },

static const struct option_spec common_options[] = { COMMON{ 0 } };
static const struct option_spec add_options[] = {
    COMMON{ "profile-id", 0, OPTION_TEXT, "ID", "its name (openrouter:default)" },
    { 0 },
};
static const struct option_spec token_options[] = {
    COMMON{ "profile-id", 0, OPTION_TEXT, "ID", "its name (openrouter:manual)" },
    { "expires-in", 0, OPTION_TEXT, "TIME", "365d, 12h, 30m: it is not used after that" },
    { 0 },
};
static const struct option_spec login_options[] = {
    COMMON{ "method", 0, OPTION_TEXT, "METHOD", "api-key: the same as `models auth add`" },
    { "profile-id", 0, OPTION_TEXT, "ID", "its name (openrouter:default)" },
    { "set-default", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};

const struct command cmd_models_auth_list = {
    .path = "models auth list",
    .summary = "List the stored keys, masked",
    .options = common_options,
    .run = run_list,
};
const struct command cmd_models_auth_add = {
    .path = "models auth add",
    .summary = "Check and store a key, asked for or from standard input",
    .options = add_options,
    .run = run_add,
};
const struct command cmd_models_auth_login = {
    .path = "models auth login",
    .summary = "Store a key; signing in through a browser is not possible",
    .options = login_options,
    .run = run_login,
};
const struct command cmd_models_auth_paste_token = {
    .path = "models auth paste-token",
    .summary = "Check and store a token that may expire",
    .options = token_options,
    .run = run_paste_token,
};
const struct command cmd_models_auth_remove = {
    .path = "models auth remove",
    .operands = "PROFILE",
    .summary = "Remove a stored key",
    .options = common_options,
    .min_args = 1,
    .max_args = 1,
    .run = run_remove,
};
const struct command cmd_models_auth_order_get = {
    .path = "models auth order get",
    .summary = "Show in which order stored keys are tried",
    .options = common_options,
    .run = run_order_get,
};
const struct command cmd_models_auth_order_set = {
    .path = "models auth order set",
    .operands = "PROFILE…",
    .summary = "Say which stored keys are tried, and in which order",
    .options = common_options,
    .min_args = 1,
    .max_args = AUTH_MAX_PROFILES,
    .run = run_order_set,
};
const struct command cmd_models_auth_order_clear = {
    .path = "models auth order clear",
    .summary = "Go back to the order without one",
    .options = common_options,
    .run = run_order_clear,
};
