/* Headers that the user configured: for the provider, for the model, for its requests; the later
 * wins. They go to any route, since the user wrote both.
 *
 * Some names are not theirs to give: those that frame the message or the connection (another value
 * would let one request pass for two), the key, what the content-type rule says, and, on the
 * verified route, attribution.
 */
#include "base/secret.h"
#include "shape/attribution.h"
#include "shape/rule.h"

static const char *refused(const struct shape_ctx *x, str name) {
    static const str framing[] = {
        STR_INIT("Connection"),
        STR_INIT("Keep-Alive"),
        STR_INIT("Proxy-Authenticate"),
        STR_INIT("Proxy-Connection"),
        STR_INIT("TE"),
        STR_INIT("Trailer"),
        STR_INIT("Transfer-Encoding"),
        STR_INIT("Upgrade"),
        STR_INIT("Host"),
        STR_INIT("Content-Length"),
        STR_INIT("Expect"),
        STR_INIT("Content-Encoding"),
        STR_INIT("Accept-Encoding"),
        STR_INIT("Proxy-Authorization"),
    };
    str key_header;
    bool elsewhere = config_auth_header(x->config, &key_header);
    if (str_ieq(name, S("Authorization")) || (elsewhere && str_ieq(name, key_header)))
        return "the key alone makes this header";
    if (str_ieq(name, S("Content-Type")) || str_ieq(name, S("Accept")))
        return "the content-type rule makes this header";
    if (key_is_unsafe(name)) return "this is no header name";
    for (size_t i = 0; i < sizeof framing / sizeof framing[0]; i++)
        if (str_ieq(name, framing[i])) return "this header belongs to the connection";
    if (x->route.verified && attribution_owns(name))
        return "on the verified route attribution makes this header; chela.json5 (attribution) "
               "names another application";
    return NULL;
}

/* A reference to a secret that config_load left for its user to resolve. */
static bool is_reference(struct doc *d, doc_node n) {
    str text;
    if (!doc_string(d, n, &text)) return true;
    text = str_trim(text);
    return str_starts(text, S("secretref-env:")) || str_starts(text, S("__env__:"));
}

/* The value in x->arena, and how the record may show it: text that stands in the file as it is may
 * be shown, a secret or what came out of the environment (no place in the file) may not. */
static enum chela_error value_of(struct shape_ctx *x, struct doc *d, doc_node n, str *value,
                                 str *shown, struct err *e) {
    char mask[32];
    if (is_reference(d, n)) {
        struct secret secret = { 0 };
        char source[256];
        enum chela_error rc =
            config_secret(x->config, d, n, x->route.origin, &secret, source, sizeof source, e);
        if (rc != CHELA_OK) return rc;
        *value = arena_dup(x->arena, (str){ secret.bytes, secret.n });
        secret_free(&secret);
        secret_mask(mask, sizeof mask, *value);
        *shown = arena_dup(x->arena, str_c(mask));
        return CHELA_OK;
    }
    unsigned line, column;
    doc_string(d, n, value);
    *value = str_trim(*value);
    *shown = *value;
    doc_place(d, n, &line, &column);
    if (line) return CHELA_OK;
    secret_mask(mask, sizeof mask, *value);
    *shown = arena_dup(x->arena, str_c(mask));
    return CHELA_OK;
}

static enum chela_error one(struct shape_ctx *x, struct doc *d, doc_node member, const char *origin,
                            struct err *e) {
    str name = arena_dup(x->arena, str_trim(doc_key(d, member)));
    str where = arena_printf(x->arena, "header %.*s", STR_ARG(name));
    const char *why = doc_type(d, member) == DOC_NULL ? "it is null" : refused(x, name);
    if (why) {
        shape_record(x, &rule_configured_headers, CHANGE_DROPPED, where, (str){ 0 },
                     "configured in %s, but %s", origin, why);
        return CHELA_OK;
    }
    str value = { 0 }, shown = { 0 }, old = { 0 };
    enum chela_error rc = value_of(x, d, member, &value, &shown, e);
    if (rc != CHELA_OK) return err_prefix(e, rc, "%s.%.*s: ", origin, STR_ARG(name));
    bool had = headers_get(x->headers, name, &old);
    if (had && str_eq(old, value)) return CHELA_OK;
    if (!headers_set(x->headers, name, value))
        shape_record(x, &rule_configured_headers, CHANGE_DROPPED, where, (str){ 0 },
                     "configured in %s, but it is no valid header, or there are too many", origin);
    else
        shape_record(x, &rule_configured_headers, had ? CHANGE_CHANGED : CHANGE_ADDED, where, shown,
                     "configured in %s", origin);
    return CHELA_OK;
}

static enum chela_error all(struct shape_ctx *x, struct doc *d, doc_node headers,
                            const char *origin, struct err *e) {
    if (doc_type(d, headers) != DOC_OBJECT) return CHELA_OK;
    for (doc_node m = doc_first(d, headers); m; m = doc_next(d, m)) {
        enum chela_error rc = one(x, d, m, origin, e);
        if (rc != CHELA_OK) return rc;
    }
    return CHELA_OK;
}

static bool names_model(const struct shape_ctx *x, str id) {
    return str_ieq(id, x->model.id) || str_ieq(id, x->model.key);
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    if (!x->config) return CHELA_OK;
    struct doc *d = config_doc(x->config);
    doc_node provider = doc_path_get(d, S("models.providers.openrouter"), NULL);
    enum chela_error rc =
        all(x, d, doc_get(d, provider, S("headers")), "models.providers.openrouter.headers", e);
    doc_node models = doc_get(d, provider, S("models"));
    for (doc_node m = doc_first(d, models); m && rc == CHELA_OK; m = doc_next(d, m)) {
        str id;
        if (doc_string(d, doc_get(d, m, S("id")), &id) && names_model(x, id))
            rc = all(x, d, doc_get(d, m, S("headers")),
                     "models.providers.openrouter.models[].headers", e);
    }
    if (rc != CHELA_OK) return rc;
    return all(x, d, doc_get(d, doc_get(d, provider, S("request")), S("headers")),
               "models.providers.openrouter.request.headers", e);
}

const struct shape_rule rule_configured_headers = {
    .name = "configured-headers",
    .anchor = "docs/rules.md#configured-headers",
    .apply = apply,
};
