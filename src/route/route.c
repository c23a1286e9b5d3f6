/* Which URL a request goes to, and what kind of route that is.
 *
 * The classification decides what may leave the machine (attribution, cache headers, markers), so
 * it errs towards "not verified": a host with any character outside a-z 0-9 . - is never
 * OpenRouter, whatever another URL parser would make of it, and text that two parsers could read
 * differently
 * ('#', '\', blanks) is refused before it is classified. A port is part of neither question: ruling
 * 5 asks for the host and for no user info, so https://openrouter.ai:8443 is verified; the key is
 * bound to that origin, port included.
 */
#include "route/route.h"

#include "net/http.h"

#define CANONICAL "https://openrouter.ai/api/v1"
#define OLD       "https://openrouter.ai/v1"

static const char config_path[] = "models.providers.openrouter.baseUrl";

static bool host_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-';
}

/* openrouter.ai or a subdomain of it, in any case, every label of it spelled in plain letters. */
static bool host_is_openrouter(str host) {
    for (size_t i = 0; i < host.n; i++)
        if (!host_char(host.p[i])) return false;
    static const str domain = STR_INIT("openrouter.ai");
    if (str_ieq(host, domain)) return true;
    if (host.n <= domain.n + 1) return false;
    str tail = str_skip(host, host.n - domain.n);
    str labels = str_head(host, host.n - domain.n); /* "eu." */
    return str_ieq(tail, domain) && str_ends(labels, S(".")) && labels.p[0] != '.' &&
           !str_has(labels, S(".."));
}

static bool host_is_loopback(str host) {
    str name = host;
    if (str_starts(name, S("[")) && str_ends(name, S("]")))
        name = str_head(str_skip(name, 1), name.n - 2);
    if (str_ieq(name, S("localhost")) || str_eq(name, S("::1"))) return true;
    if (name.n > 10 && str_ieq(str_skip(name, name.n - 10), S(".localhost"))) return true;
    if (!str_starts(name, S("127."))) return false;
    for (size_t i = 0; i < name.n; i++) /* 127.evil.example is a name, not an address */
        if (name.p[i] != '.' && (name.p[i] < '0' || name.p[i] > '9')) return false;
    return true;
}

/* "openrouter.ai", "proxy.lan:8080/v1": a host that lacks its scheme. */
static bool looks_like_host(str text) {
    size_t n = 0;
    bool dot = false, colon = false;
    for (; n < text.n && text.p[n] != '/' && text.p[n] != '?'; n++) {
        char c = text.p[n];
        if (c == ':')
            colon = true;
        else if (!host_char(c))
            return false;
        dot = dot || c == '.';
    }
    str head = str_head(text, n);
    return n > 0 && text.p[0] != '.' && text.p[0] != '-' && text.p[0] != ':' &&
           (dot || colon || str_ieq(head, S("localhost")));
}

static enum chela_error refuse(struct err *e, const char *path, str text, const char *problem) {
    if (str_has(text, S("@"))) text = S("…"); /* there may be a password in it */
    err_set(e, CHELA_CONFIG, "%s: \"%.*s\" %s", path, STR_ARG(text), problem);
    return err_hint(e, CHELA_CONFIG, "write it as %s", CANONICAL);
}

static void classify(struct route *r, const struct url *u, bool schemeless) {
    bool secure = str_ieq(u->scheme, S("https"));
    r->local = host_is_loopback(u->host);
    if (!host_is_openrouter(u->host)) {
        r->why = secure ? "not verified: the host is not openrouter.ai or a subdomain of it"
                 : r->local
                     ? "not verified: a server on this machine"
                     : "not verified: the host is not openrouter.ai; and without TLS the key and "
                       "the messages can be read on the way";
        return;
    }
    if (!secure) {
        r->why = "not verified: http, not https; the key and the messages can be read on the way";
        return;
    }
    if (u->userinfo.n) {
        r->why = "not verified: the URL carries user info";
        return;
    }
    r->verified = true;
    bool canonical = str_eq(r->base_url, S(CANONICAL)) || str_eq(r->base_url, S(OLD));
    r->exact = canonical && r->query.n == 0 && !schemeless;
    r->why = r->exact     ? "verified and exact: https://openrouter.ai/api/v1"
             : schemeless ? "verified: openrouter.ai; the base URL has no scheme, https was taken"
             : r->query.n ? "verified, not exact: the base URL brings parameters of its own"
             : u->port.n  ? "verified, not exact: openrouter.ai with a port of its own"
                          : "verified, not exact: an openrouter.ai address other than " CANONICAL;
}

static enum chela_error route_of(struct route *out, str base_url, const char *path, struct arena *a,
                                 struct err *e) {
    *out = (struct route){ .source = "default" };
    str text = str_trim(base_url);
    if (!text.n)
        text = S(CANONICAL);
    else
        out->source = path;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c <= ' ' || c == 0x7f || c == '#' || c == '\\')
            return refuse(e, path, text,
                          "is no base URL: blanks, '#' and '\\' have no place in one");
    }
    bool schemeless = !str_has(text, S("://"));
    if (schemeless) {
        if (!looks_like_host(text)) return refuse(e, path, text, "is no URL");
        text = arena_printf(a, "https://%.*s", STR_ARG(text));
    }
    str base, query;
    str_cut(text, '?', &base, &query);
    while (str_ends(base, S("/"))) base.n--;
    struct url u;
    char origin[1024];
    if (!url_parse(base, &u) || !url_origin(base, origin, sizeof origin))
        return refuse(e, path, text, "is no http or https URL");

    out->base_url = base;
    out->query = query;
    classify(out, &u, schemeless);
    out->base_url = arena_dup(a, out->exact ? S(CANONICAL) : base);
    out->query = arena_dup(a, query);
    out->origin = arena_dup(a, str_c(origin));
    if (arena_failed(a)) return err_set(e, CHELA_NOMEM, "out of memory for the base URL");
    return CHELA_OK;
}

enum chela_error route_of_url(struct route *out, str base_url, struct arena *a, struct err *e) {
    return route_of(out, base_url, config_path, a, e);
}

enum chela_error route_chat(struct route *out, struct config *c, struct arena *a, struct err *e) {
    str base_url = { 0 };
    config_string(c, config_path, &base_url);
    return route_of_url(out, base_url, a, e);
}

enum chela_error route_speech(struct route *out, struct config *c, str own, const char *path,
                              struct arena *a, struct err *e) {
    return str_trim(own).n ? route_of(out, own, path, a, e) : route_chat(out, c, a, e);
}

str route_url(const struct route *r, str path, struct arena *a) {
    while (str_starts(path, S("/"))) path = str_skip(path, 1);
    str text = arena_printf(a, "%.*s/%.*s%s%.*s", STR_ARG(r->base_url), STR_ARG(path),
                            !r->query.n             ? ""
                            : str_has(path, S("?")) ? "&"
                                                    : "?",
                            STR_ARG(r->query));
    struct url u;
    if (!url_parse(text, &u) || !u.userinfo.n) return text;
    str before = str_head(text, (size_t)(u.userinfo.p - text.p));
    return arena_printf(a, "%.*s%s", STR_ARG(before), u.host.p);
}
