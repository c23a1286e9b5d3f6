/* Just enough of a URL to know whom a request goes to. The parts decide what may travel with it
 * (route/) and whether a key may (http.c), so this parser refuses what it would have to interpret:
 * a host is plain characters, or an address in brackets. */
#include "net/http.h"

#include <stdio.h>
#include <string.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c) {
    char l = ascii_lower(c);
    return is_digit(c) || (l >= 'a' && l <= 'z');
}

/* Bytes from 0x80 on are letters of an international name: libcurl makes them punycode. */
static bool host_char(char c) {
    return is_alnum(c) || c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

/* "[::1]" at the start of s: its length with both brackets, else 0. */
static size_t bracketed(str s) {
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] == ']') return i > 1 ? i + 1 : 0;
        if (!is_alnum(s.p[i]) && !strchr(":.%_~-", s.p[i])) return 0;
    }
    return 0;
}

static bool split_authority(str authority, struct url *u) {
    if (str_chr(authority, '\\') >= 0) return false; /* some programs read it as a slash */
    ptrdiff_t at = str_rchr(authority, '@');
    if (at >= 0) {
        u->userinfo = str_head(authority, (size_t)at);
        authority = str_skip(authority, (size_t)at + 1);
    }
    size_t n = 0;
    if (authority.n && authority.p[0] == '[')
        n = bracketed(authority);
    else
        while (n < authority.n && host_char(authority.p[n])) n++;
    if (n == 0) return false;
    u->host = str_head(authority, n);
    str rest = str_skip(authority, n);
    if (rest.n == 0) return true;
    if (rest.p[0] != ':') return false;
    u->port = str_skip(rest, 1);
    int64_t port;
    if (u->port.n == 0) return true;
    return u->port.p[0] != '-' && str_i64(u->port, &port) && port > 0 && port <= 65535;
}

bool url_parse(str text, struct url *out) {
    struct url u = { 0 };
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] <= ' ' || text.p[i] == 0x7f) return false;
    size_t scheme = str_istarts(text, S("https://")) ? 5 : str_istarts(text, S("http://")) ? 4 : 0;
    if (!scheme) return false;
    u.scheme = str_head(text, scheme);
    str rest = str_skip(text, scheme + 3);
    size_t end = 0;
    while (end < rest.n && !strchr("/?#", rest.p[end])) end++;
    if (!split_authority(str_head(rest, end), &u)) return false;
    str tail = str_skip(rest, end), fragment;
    str_cut(tail, '#', &tail, &fragment);
    str_cut(tail, '?', &u.path, &u.query);
    if (u.path.n == 0) u.path = S("/");
    *out = u;
    return true;
}

/* Takes "." and ".." out of a path that starts with '/' (§5.2.4). */
static void add_path(struct buf *out, str path) {
    size_t root = out->n;
    while (path.n) {
        str segment, rest;
        bool more = str_cut(str_skip(path, 1), '/', &segment, &rest);
        path = more ? (str){ rest.p - 1, rest.n + 1 } : (str){ 0 };
        if (str_eq(segment, S(".")) || str_eq(segment, S(".."))) {
            if (segment.n == 2) {
                ptrdiff_t slash = str_rchr(str_skip(buf_str(out), root), '/');
                if (slash >= 0) out->n = root + (size_t)slash;
            }
            if (!path.n) buf_addc(out, '/');
            continue;
        }
        buf_addc(out, '/');
        buf_add(out, segment);
    }
    if (out->n == root) buf_addc(out, '/');
}

/* A scheme and its colon: "mailto:x"; not "x/y:z". */
static bool has_scheme(str ref) {
    size_t n = 0;
    while (n < ref.n && (is_alnum(ref.p[n]) || (ref.p[n] && strchr("+-.", ref.p[n])))) n++;
    return n > 0 && n < ref.n && ref.p[n] == ':' && !is_digit(ref.p[0]);
}

str url_resolve(str base, str ref, struct arena *a) {
    struct url b, r;
    str fragment, path, query;
    ref = str_trim(ref);
    if (!url_parse(base, &b)) return (str){ 0 };
    if (has_scheme(ref)) return url_parse(ref, &r) ? arena_dup(a, ref) : (str){ 0 };
    if (str_starts(ref, S("//"))) {
        str text = arena_printf(a, "%.*s:%.*s", STR_ARG(b.scheme), STR_ARG(ref));
        return url_parse(text, &r) ? text : (str){ 0 };
    }
    str_cut(ref, '#', &ref, &fragment);
    bool asks = str_cut(ref, '?', &path, &query);
    struct buf out = BUF_INIT(64 << 10);
    buf_addf(&out, "%.*s://%.*s", STR_ARG(b.scheme), STR_ARG(b.host));
    if (b.port.n) buf_addf(&out, ":%.*s", STR_ARG(b.port));
    if (str_starts(path, S("/"))) {
        add_path(&out, path);
    } else if (path.n) {
        str folder = str_head(b.path, (size_t)str_rchr(b.path, '/') + 1);
        str joined = arena_printf(a, "%.*s%.*s", STR_ARG(folder), STR_ARG(path));
        add_path(&out, joined);
    } else {
        buf_add(&out, b.path);
        if (!asks && b.query.n) buf_addf(&out, "?%.*s", STR_ARG(b.query));
    }
    if (asks) buf_addf(&out, "?%.*s", STR_ARG(query));
    str whole =
        out.failed || !url_parse(buf_str(&out), &r) ? (str){ 0 } : arena_dup(a, buf_str(&out));
    buf_free(&out);
    return whole;
}

bool url_origin(str text, char *dst, size_t cap) {
    struct url u;
    if (!url_parse(text, &u)) return false;
    int64_t port = 0;
    bool secure = u.scheme.n == 5;
    str_i64(u.port, &port);
    if (port == (secure ? 443 : 80)) port = 0;
    char port_text[8] = "";
    if (port) snprintf(port_text, sizeof port_text, ":%d", (int)port);
    const str parts[] = { secure ? S("https://") : S("http://"), u.host, str_c(port_text) };
    size_t n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (n + parts[i].n >= cap) return false;
        for (size_t k = 0; k < parts[i].n; k++) dst[n++] = ascii_lower(parts[i].p[k]);
    }
    dst[n] = '\0';
    return true;
}
