/* models.providers.openrouter.request.auth: another key, or another header, than a bearer token of
 * the stored key. For a proxy that knows its users by something else.
 *
 * Who writes it means it, so nothing else is tried when it cannot be had.
 */
#include "config/secret_ref.h"

static doc_node auth_of(struct config *c) {
    return doc_path_get(c->main.doc, S("models.providers.openrouter.request.auth"), NULL);
}

static str text_of(struct config *c, const char *key) {
    str text = { 0 };
    doc_string(c->main.doc, doc_get(c->main.doc, auth_of(c), str_c(key)), &text);
    return text;
}

static bool is_mode(struct config *c, str mode) {
    return str_eq(str_trim(text_of(c, "mode")), mode);
}

bool config_auth_header(struct config *c, str *name) {
    if (!is_mode(c, S("header"))) return false;
    *name = str_trim(text_of(c, "headerName"));
    return name->n > 0;
}

/* A name that can be one, and neither frames the message nor belongs to the connection. */
static bool is_header_name(str name) {
    static const char *const taken[] = {
        "Host",         "Content-Length", "Transfer-Encoding", "Connection",
        "TE",           "Trailer",        "Upgrade",           "Expect",
        "Content-Type", "Accept",         "Content-Encoding"
    };
    for (size_t i = 0; i < name.n; i++) {
        char ch = ascii_lower(name.p[i]);
        if (!(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9') && ch != '-' && ch != '_')
            return false;
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++)
        if (str_ieq(name, str_c(taken[i]))) return false;
    return name.n > 0;
}

static enum chela_error incomplete(struct err *e, const char *what) {
    return err_set(e, CHELA_CONFIG, "models.providers.openrouter.request.auth: %s", what);
}

enum chela_error request_auth_find(struct config *c, str origin, struct credential *out,
                                   bool *configured, struct err *e) {
    bool bearer = is_mode(c, S("authorization-bearer")), header = is_mode(c, S("header"));
    *configured = bearer || header;
    if (!*configured) return CHELA_OK;
    doc_node value = doc_get(c->main.doc, auth_of(c), bearer ? S("token") : S("value"));
    str name = str_trim(text_of(c, "headerName"));
    if (!value)
        return incomplete(e, bearer ? "the mode \"authorization-bearer\" needs a \"token\""
                                    : "the mode \"header\" needs a \"value\"");
    if (header && !is_header_name(name))
        return incomplete(e, "the mode \"header\" needs a \"headerName\" that may be set");
    out->kind = CREDENTIAL_PROVIDER;
    enum chela_error rc =
        config_secret(c, c->main.doc, value, origin, &out->key, out->source, sizeof out->source, e);
    if (rc == CHELA_OK && header && !secret_in_header(&out->key, name, text_of(c, "prefix")))
        rc = err_set(e, CHELA_NOMEM, "out of memory for the key");
    return rc;
}
