/* The request's part of a head: request line, target, Host, expectations. */
#include "server/http1_impl.h"

static enum http1_result read_request_line(str line, void *head, struct http1_error *e) {
    struct http1_request *out = head;
    str rest;
    if (!str_cut(line, ' ', &out->method, &rest) || !http1_is_token(out->method))
        return http1_fail(e, 400, "the request line does not begin with a method");
    if (out->method.n > HTTP1_MAX_METHOD) return http1_fail(e, 501, "unknown method");
    str version;
    if (!str_cut(rest, ' ', &out->target, &version) || out->target.n == 0 ||
        !http1_all(out->target, HTTP1_TARGET))
        return http1_fail(e, 400, "the request target is malformed");
    if (!http1_is_version(version))
        return http1_fail(e, 400, "the request line does not end with a protocol version");
    if (version.p[5] != '1')
        return http1_fail(e, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    out->framing.minor = version.p[7] == '0' ? 0 : 1;
    return HTTP1_DONE;
}

/* Splits the target by its form (RFC 9112 §3.2). */
static enum http1_result read_target(struct http1_request *r, struct http1_error *e) {
    str t = r->target;
    r->path = t;
    r->query = (str){ t.p + t.n, 0 };
    if (str_eq(r->method, S("CONNECT"))) {
        r->form = HTTP1_AUTHORITY;
        r->authority = t;
        ptrdiff_t colon = str_rchr(t, ':');
        int64_t port = 0;
        if (colon <= 0 || !http1_all(t, HTTP1_HOST) ||
            !str_i64(str_skip(t, (size_t)colon + 1), &port) || port < 1 || port > 65535)
            return http1_fail(e, 400, "CONNECT needs host:port");
        return HTTP1_DONE;
    }
    if (str_eq(t, S("*"))) {
        r->form = HTTP1_ASTERISK;
        if (!str_eq(r->method, S("OPTIONS")))
            return http1_fail(e, 400, "the target * is for OPTIONS");
        return HTTP1_DONE;
    }
    if (t.p[0] != '/') {
        r->form = HTTP1_ABSOLUTE;
        size_t scheme = str_istarts(t, S("http://")) ? 7 : str_istarts(t, S("https://")) ? 8 : 0;
        if (!scheme) return http1_fail(e, 400, "the request target is neither a path nor a URL");
        str rest = str_skip(t, scheme);
        size_t n = 0;
        while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?') n++;
        r->authority = str_head(rest, n);
        if (n == 0 || !http1_all(r->authority, HTTP1_HOST))
            return http1_fail(e, 400, "the request target has no proper host");
        t = str_skip(rest, n);
    } else {
        r->form = HTTP1_ORIGIN;
    }
    str_cut(t, '?', &r->path, &r->query);
    if (r->path.n == 0) r->path = S("/");
    return HTTP1_DONE;
}

/* What the headers say together: framing, host, expectations. */
static enum http1_result settle(struct http1_request *r, struct http1_error *e) {
    unsigned hosts = 0;
    str host = { 0 };
    r->expect_continue = r->expect_unknown = false;
    r->authority = (str){ 0 };
    if (http1_framing(&r->framing, r->header, r->header_count, e) != HTTP1_DONE) return HTTP1_ERROR;
    for (size_t i = 0; i < r->header_count; i++) {
        str name = r->header[i].name, value = r->header[i].value;
        if (name.n == 4 && str_ieq(name, S("host"))) {
            hosts++;
            host = value;
        } else if (name.n == 6 && str_ieq(name, S("expect"))) {
            if (str_ieq(value, S("100-continue")))
                r->expect_continue = r->framing.minor > 0;
            else
                r->expect_unknown = true;
        }
    }
    if (hosts > 1) return http1_fail(e, 400, "several Host headers");
    if (hosts == 0 && r->framing.minor > 0) return http1_fail(e, 400, "the Host header is missing");
    if (!http1_all(host, HTTP1_HOST)) return http1_fail(e, 400, "the Host header is malformed");
    if (read_target(r, e) != HTTP1_DONE) return HTTP1_ERROR;
    if (r->form == HTTP1_ORIGIN || r->form == HTTP1_ASTERISK) r->authority = host;
    return HTTP1_DONE;
}

str http1_header(const struct http1_request *r, str name) {
    return http1_find(r->header, r->header_count, name);
}

enum http1_result http1_head(struct http1_scan *scan, str bytes, size_t max,
                             struct http1_request *out, size_t *used, struct http1_error *e) {
    const struct http1_kind kind = { read_request_line, out, out->header };
    enum http1_result r = http1_lines(scan, bytes, max, &kind, &out->header_count, used, e);
    return r == HTTP1_DONE ? settle(out, e) : r;
}
