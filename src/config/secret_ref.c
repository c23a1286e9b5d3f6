/* A SecretInput: the secret itself, or where it is kept.
 *
 *   "sk-or-…"                      the value
 *   "${NAME}", "secretref-env:NAME", "__env__:NAME", {source: "env", id: "NAME"}
 *   {source: "file", provider, id: "/json/pointer" or "value"}
 *   {source: "exec", provider, id}
 *
 * Files and commands are those of secrets.providers. A command of a configuration file runs only
 * when chela's own file allows it: openclaw.json is copied between machines and people.
 */
#include "config/secret_ref.h"

#include "base/file.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool secret_is_sendable(str key) {
    for (size_t i = 0; i < key.n; i++)
        if ((unsigned char)key.p[i] <= ' ' || (unsigned char)key.p[i] > '~') return false;
    return key.n > 0;
}

enum chela_error secret_take(struct secret *out, str text, str origin, const char *source,
                             struct err *e) {
    text = str_trim(text);
    if (!text.n) return err_set(e, CHELA_NO_KEY, "%s is empty", source);
    if (!secret_is_sendable(text))
        return err_hint(e,
                        err_set(e, CHELA_KEY_REFUSED,
                                "%s: the key holds a blank, a line break or another character that "
                                "no header can carry",
                                source),
                        "paste it again, on one line and without quotes");
    if (!secret_set(out, text, origin)) return err_set(e, CHELA_NOMEM, "out of memory");
    return CHELA_OK;
}

/* "${NAME}", "secretref-env:NAME" or "__env__:NAME" */
static bool is_shorthand(str text, str *name) {
    text = str_trim(text);
    if (str_starts(text, S("${")) && str_ends(text, S("}")))
        *name = str_head(str_skip(text, 2), text.n - 3);
    else if (str_starts(text, S("secretref-env:")))
        *name = str_skip(text, 14);
    else if (str_starts(text, S("__env__:")))
        *name = str_skip(text, 8);
    else
        return false;
    return env_name_is_valid(*name) && name->p[0] != '_' && name->n <= 128;
}

static enum chela_error from_environment(struct config *c, str name, str origin, struct secret *out,
                                         const char *at, struct err *e) {
    enum env_origin found;
    const char *value = env_find(c, name, &found);
    if (value) return secret_take(out, str_c(value), origin, at, e);
    return err_set(e, CHELA_NO_KEY, "%s: environment variable %.*s is not set", at, STR_ARG(name));
}

/* The value under secrets.providers for `alias`; 0 with *e when it is missing or of another kind.
 */
static doc_node provider_of(struct config *c, str alias, const char *kind, const char *at,
                            struct err *e) {
    struct doc *d = c->main.doc;
    doc_node all = doc_get(d, doc_get(d, doc_root(d), S("secrets")), S("providers"));
    doc_node provider = doc_get(d, all, alias);
    str source = { 0 };
    doc_string(d, doc_get(d, provider, S("source")), &source);
    if (provider && str_eq(source, str_c(kind))) return provider;
    if (provider)
        err_set(e, CHELA_CONFIG, "%s: secrets.providers.%.*s is no provider of kind \"%s\"", at,
                STR_ARG(alias), kind);
    else
        err_set(e, CHELA_CONFIG, "%s: there is no secrets.providers.%.*s", at, STR_ARG(alias));
    return 0;
}

static bool allowed_by(struct doc *d, doc_node list, str name) {
    if (!list) return true;
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n)) {
        str one;
        if (doc_string(d, n, &one) && str_eq(one, name)) return true;
    }
    return false;
}

/* RFC 6901 */
static doc_node by_pointer(struct doc *d, str pointer) {
    doc_node n = doc_root(d);
    while (n && pointer.n) {
        if (pointer.p[0] != '/') return 0;
        str token, rest;
        bool more = str_cut(str_skip(pointer, 1), '/', &token, &rest);
        char key[1024];
        size_t used = 0;
        for (size_t i = 0; i < token.n; i++) {
            char ch = token.p[i];
            if (ch == '~') {
                char next = i + 1 < token.n ? token.p[++i] : 0;
                if (next != '0' && next != '1') return 0;
                ch = next == '0' ? '~' : '/';
            }
            if (used == sizeof key) return 0;
            key[used++] = ch;
        }
        int64_t index;
        if (doc_type(d, n) == DOC_ARRAY)
            n = str_i64((str){ key, used }, &index) && index >= 0 ? doc_at(d, n, (size_t)index) : 0;
        else
            n = doc_get(d, n, (str){ key, used });
        pointer = more ? (str){ rest.p - 1, rest.n + 1 } : S("");
    }
    return n;
}

enum chela_error secret_file_read(const char *path, struct buf *text, struct err *e) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd < 0) return err_set(e, CHELA_NOINPUT, "%s: %s", path, strerror(errno));
    enum chela_error rc = CHELA_OK;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        rc = err_set(e, CHELA_NOINPUT, "%s is no regular file", path);
    else
        rc = file_read_fd(fd, path, text, e);
    close(fd);
    if (rc == CHELA_OK && (st.st_mode & 077))
        log_warn("%s holds keys and other users may read it (OpenClaw may have made it so); "
                 "run: chmod 600 %s",
                 path, path);
    return rc;
}

static enum chela_error from_file(struct config *c, doc_node provider, str id, str origin,
                                  struct secret *out, const char *at, struct err *e) {
    struct doc *d = c->main.doc;
    str path = { 0 }, mode = { 0 }, value = { 0 };
    char file[4096], home[4096];
    doc_string(d, doc_get(d, provider, S("path")), &path);
    doc_string(d, doc_get(d, provider, S("mode")), &mode);
    if (!path.n || !path_resolve(file, sizeof file, path_folder(str_c(c->where.openclaw_json)),
                                 path, path_home(c->env, home, sizeof home)))
        return err_set(e, CHELA_CONFIG, "%s: its provider names no file", at);
    bool single = str_eq(mode, S("singleValue")) || (!mode.n && str_eq(id, S("value")));
    if (single && !str_eq(id, S("value")))
        return err_set(e, CHELA_CONFIG, "%s: the file holds one value; its id must be \"value\"",
                       at);
    if (!single && !str_starts(id, S("/")))
        return err_set(e, CHELA_CONFIG,
                       "%s: expected a JSON pointer as id (\"/providers/openrouter/apiKey\"), "
                       "found \"%.*s\"",
                       at, STR_ARG(str_head(id, 80)));
    struct buf text = BUF_INIT(1u << 20);
    struct doc *keys = NULL;
    enum chela_error rc = secret_file_read(file, &text, e);
    if (rc == CHELA_OK && !single) rc = doc_parse(&keys, buf_str(&text), DOC_JSON, NULL, e);
    if (rc != CHELA_OK)
        rc = err_prefix(e, rc, "%s: ", at);
    else if (single)
        rc = secret_take(out, buf_str(&text), origin, at, e);
    else if (!doc_string(keys, by_pointer(keys, id), &value))
        rc = err_set(e, CHELA_NO_KEY, "%s: %s has no string at %.*s", at, file,
                     STR_ARG(str_head(id, 200)));
    else
        rc = secret_take(out, value, origin, at, e);
    doc_free(keys);
    if (text.p) explicit_bzero(text.p, text.n);
    buf_free(&text);
    return rc;
}

static bool exec_is_allowed(struct config *c) {
    struct doc *d = c->chela.doc;
    bool allowed = false;
    doc_node secrets = doc_get(d, doc_root(d), S("secrets"));
    return doc_bool(d, doc_get(d, secrets, S("allowExec")), &allowed) && allowed;
}

static enum chela_error from_object(struct config *c, struct doc *d, doc_node n, str origin,
                                    struct secret *out, const char *at, struct err *e) {
    str source = { 0 }, alias = { 0 }, id = { 0 };
    doc_string(d, doc_get(d, n, S("source")), &source);
    doc_string(d, doc_get(d, n, S("provider")), &alias);
    doc_string(d, doc_get(d, n, S("id")), &id);
    bool env = str_eq(source, S("env")), file = str_eq(source, S("file")),
         exec = str_eq(source, S("exec"));
    if (!id.n || (!env && !file && !exec))
        return err_set(e, CHELA_CONFIG,
                       "%s: a secret reference is {source: \"env\", \"file\" or \"exec\", "
                       "provider, id}",
                       at);
    struct doc *config = c->main.doc;
    doc_node defaults =
        doc_get(config, doc_get(config, doc_root(config), S("secrets")), S("defaults"));
    str usual = S("default");
    doc_string(config, doc_get(config, defaults, source), &usual);
    if (!alias.n) alias = usual;
    if (env) {
        if (!env_name_is_valid(id))
            return err_set(e, CHELA_CONFIG, "%s: \"%.*s\" is no name for a variable", at,
                           STR_ARG(str_head(id, 80)));
        doc_node all =
            doc_get(config, doc_get(config, doc_root(config), S("secrets")), S("providers"));
        bool built_in = str_eq(alias, usual) && !doc_get(config, all, alias);
        doc_node provider = built_in ? 0 : provider_of(c, alias, "env", at, e);
        if (!built_in && !provider) return CHELA_CONFIG;
        if (!allowed_by(config, doc_get(config, provider, S("allowlist")), id))
            return err_set(e, CHELA_CONFIG, "%s: secrets.providers.%.*s.allowlist lacks %.*s", at,
                           STR_ARG(alias), STR_ARG(id));
        return from_environment(c, id, origin, out, at, e);
    }
    doc_node provider = provider_of(c, alias, exec ? "exec" : "file", at, e);
    if (!provider) return CHELA_CONFIG;
    if (file) return from_file(c, provider, id, origin, out, at, e);
    if (!exec_is_allowed(c))
        return err_hint(e,
                        err_set(e, CHELA_CONFIG,
                                "%s asks for a command to be run, which chela does not do unasked",
                                at),
                        "allow it with {secrets: {allowExec: true}} in %s", c->where.chela_json5);
    return secret_exec(c, provider, alias, id, origin, out, at, e);
}

enum chela_error config_secret(struct config *c, struct doc *d, doc_node n, str origin,
                               struct secret *out, char *source, size_t source_cap, struct err *e) {
    struct buf path = BUF_INIT(4096);
    str text, name;
    secret_free(out);
    if (!doc_path_of(d, n, &path)) buf_clear(&path);
    str_copy(source, source_cap, buf_str(&path));
    buf_free(&path);
    enum doc_type type = doc_type(d, n);
    if (type == DOC_OBJECT) return from_object(c, d, n, origin, out, source, e);
    if (type != DOC_STRING)
        return err_set(e, CHELA_CONFIG, "%s: expected a string or an object, found %s", source,
                       doc_type_name(type));
    doc_string(d, n, &text);
    if (is_shorthand(text, &name)) return from_environment(c, name, origin, out, source, e);
    return secret_take(out, text, origin, source, e);
}
