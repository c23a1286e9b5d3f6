/* One pass over whole lines: a line is judged when its LF is there, so pieces and the whole give
 * the same verdict, and a slow sender costs no more than a quick one. Only a head that came in
 * several pieces is gone through twice, because its slices must point into the buffer's last place.
 */
#include "server/http1.h"

enum { TOKEN = 1, VALUE = 2, TARGET = 4, HOST = 8 };

/* Which bytes may stand where: RFC 9110 token; field value; request target (braces are not in
 * RFC 3986, but are sent unescaped in practice); host and port. */
enum {
    N = 0,
    V = VALUE,
    K = VALUE | TOKEN,
    G = VALUE | TARGET,
    H = VALUE | TARGET | HOST,
    P = VALUE | TARGET | TOKEN,
    A = VALUE | TARGET | TOKEN | HOST,
};
/* clang-format off */
static const unsigned char kinds[256] = {
    N, N, N, N, N, N, N, N, N, V, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    V, A, V, K, A, A, A, A, H, H, A, A, H, A, A, G,
    A, A, A, A, A, A, A, A, A, A, H, H, V, H, V, G,
    G, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
    A, A, A, A, A, A, A, A, A, A, A, H, V, H, K, A,
    K, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,
    A, A, A, A, A, A, A, A, A, A, A, G, P, G, A, N,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
    V, V, V, V, V, V, V, V, V, V, V, V, V, V, V, V,
};
/* clang-format on */

static bool all(str s, unsigned char kind) {
    for (size_t i = 0; i < s.n; i++)
        if (!(kinds[(unsigned char)s.p[i]] & kind)) return false;
    return true;
}

bool http1_is_token(str s) {
    return s.n > 0 && all(s, TOKEN);
}

static enum http1_result fail(struct http1_error *e, int status, const char *why) {
    *e = (struct http1_error){ status, why };
    return HTTP1_ERROR;
}

str http1_header(const struct http1_request *r, str name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (str_ieq(r->header[i].name, name)) return r->header[i].value;
    return (str){ 0 };
}

bool http1_list_next(str *rest, str *item) {
    while (rest->n) {
        str_cut(*rest, ',', item, rest);
        *item = str_trim(*item);
        if (item->n) return true;
    }
    return false;
}

static enum http1_result read_request_line(str line, struct http1_request *out,
                                           struct http1_error *e) {
    str rest;
    if (!str_cut(line, ' ', &out->method, &rest) || !http1_is_token(out->method))
        return fail(e, 400, "the request line does not begin with a method");
    if (out->method.n > HTTP1_MAX_METHOD) return fail(e, 501, "unknown method");
    str version;
    if (!str_cut(rest, ' ', &out->target, &version) || out->target.n == 0 ||
        !all(out->target, TARGET))
        return fail(e, 400, "the request target is malformed");
    if (version.n != 8 || !str_starts(version, S("HTTP/")) || version.p[6] != '.' ||
        version.p[5] < '0' || version.p[5] > '9' || version.p[7] < '0' || version.p[7] > '9')
        return fail(e, 400, "the request line does not end with a protocol version");
    if (version.p[5] != '1') return fail(e, 505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    out->minor = version.p[7] == '0' ? 0 : 1;
    return HTTP1_DONE;
}

static enum http1_result read_header(str line, struct http1_header *h, struct http1_error *e) {
    if (line.p[0] == ' ' || line.p[0] == '\t')
        return fail(e, 400, "a header is folded over two lines");
    str value;
    if (!str_cut(line, ':', &h->name, &value) || !http1_is_token(h->name))
        return fail(e, 400, "a header's name is malformed");
    if (!all(value, VALUE)) return fail(e, 400, "a header's value has a control character");
    while (value.n && (value.p[0] == ' ' || value.p[0] == '\t')) value = str_skip(value, 1);
    while (value.n && (value.p[value.n - 1] == ' ' || value.p[value.n - 1] == '\t')) value.n--;
    h->value = value;
    return HTTP1_DONE;
}

/* Reads the whole lines that are there, from scan->at on. DONE: the blank line was one of them. */
static enum http1_result read_lines(struct http1_scan *scan, str bytes, size_t max,
                                    struct http1_request *out, struct http1_error *e) {
    for (;;) {
        str rest = str_skip(bytes, scan->at);
        /* What can be no request (a TLS hello, say) need not be waited for. */
        if (scan->lines == 0 && rest.n && rest.p[0] != '\r' &&
            !(kinds[(unsigned char)rest.p[0]] & TOKEN))
            return fail(e, 400, "this is not HTTP");
        ptrdiff_t lf = str_chr(str_head(rest, max - scan->at), '\n');
        if (lf < 0) {
            if (bytes.n < max) return HTTP1_MORE;
            return scan->lines == 0 ? fail(e, 414, "the request line is too long")
                                    : fail(e, 431, "the headers are too large");
        }
        if (lf == 0 || rest.p[lf - 1] != '\r') return fail(e, 400, "a line ends without CR");
        str line = str_head(rest, (size_t)lf - 1);
        scan->at += (size_t)lf + 1;
        if (line.n == 0) {
            if (scan->lines) return HTTP1_DONE;
            continue; /* blank lines before a request are a habit of old clients */
        }
        enum http1_result r;
        if (scan->lines++ == 0) {
            r = read_request_line(line, out, e);
        } else {
            if (scan->headers == HTTP1_MAX_HEADERS) return fail(e, 431, "too many headers");
            r = read_header(line, &out->header[scan->headers++], e);
        }
        if (r != HTTP1_DONE) return r;
    }
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
        if (colon <= 0 || !all(t, HOST) || !str_i64(str_skip(t, (size_t)colon + 1), &port) ||
            port < 1 || port > 65535)
            return fail(e, 400, "CONNECT needs host:port");
        return HTTP1_DONE;
    }
    if (str_eq(t, S("*"))) {
        r->form = HTTP1_ASTERISK;
        if (!str_eq(r->method, S("OPTIONS"))) return fail(e, 400, "the target * is for OPTIONS");
        return HTTP1_DONE;
    }
    if (t.p[0] != '/') {
        r->form = HTTP1_ABSOLUTE;
        size_t scheme = str_istarts(t, S("http://")) ? 7 : str_istarts(t, S("https://")) ? 8 : 0;
        if (!scheme) return fail(e, 400, "the request target is neither a path nor a URL");
        str rest = str_skip(t, scheme);
        size_t n = 0;
        while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?') n++;
        r->authority = str_head(rest, n);
        if (n == 0 || !all(r->authority, HOST))
            return fail(e, 400, "the request target has no proper host");
        t = str_skip(rest, n);
    } else {
        r->form = HTTP1_ORIGIN;
    }
    str_cut(t, '?', &r->path, &r->query);
    if (r->path.n == 0) r->path = S("/");
    return HTTP1_DONE;
}

static enum http1_result read_length(struct http1_request *r, str value, struct http1_error *e) {
    if (value.n == 0 || !(value.p[0] >= '0' && value.p[0] <= '9'))
        return fail(e, 400, "Content-Length is no number");
    int64_t length = 0;
    if (!str_i64(value, &length)) {
        for (size_t i = 0; i < value.n; i++)
            if (value.p[i] < '0' || value.p[i] > '9')
                return fail(e, 400, "Content-Length is no number");
        return fail(e, 413, "Content-Length is beyond any limit");
    }
    if (r->has_length && r->length != (uint64_t)length)
        return fail(e, 400, "two different Content-Length headers");
    r->has_length = true;
    r->length = (uint64_t)length;
    return HTTP1_DONE;
}

/* What the headers say together: framing, host, connection. */
static enum http1_result settle(struct http1_request *r, struct http1_error *e) {
    bool close = false, keep = false, encoded = false;
    unsigned hosts = 0;
    str host = { 0 };
    r->chunked = r->has_length = r->expect_continue = r->expect_unknown = false;
    r->length = 0;
    r->authority = (str){ 0 };
    for (size_t i = 0; i < r->header_count; i++) {
        str name = r->header[i].name, value = r->header[i].value, item;
        switch (name.n) { /* few headers get past their length */
        case 4:
            if (!str_ieq(name, S("host"))) break;
            hosts++;
            host = value;
            break;
        case 6:
            if (!str_ieq(name, S("expect"))) break;
            if (str_ieq(value, S("100-continue")))
                r->expect_continue = r->minor > 0;
            else
                r->expect_unknown = true;
            break;
        case 10:
            if (!str_ieq(name, S("connection"))) break;
            while (http1_list_next(&value, &item)) {
                close |= str_ieq(item, S("close"));
                keep |= str_ieq(item, S("keep-alive"));
            }
            break;
        case 14:
            if (!str_ieq(name, S("content-length"))) break;
            if (read_length(r, value, e) != HTTP1_DONE) return HTTP1_ERROR;
            break;
        case 17:
            if (!str_ieq(name, S("transfer-encoding"))) break;
            if (encoded) return fail(e, 400, "two Transfer-Encoding headers");
            encoded = true;
            if (!str_ieq(value, S("chunked")))
                return fail(e, 501, "of transfer encodings only chunked is known");
            break;
        default: break;
        }
    }
    if (encoded && r->has_length) return fail(e, 400, "both Content-Length and Transfer-Encoding");
    if (encoded && r->minor == 0) return fail(e, 400, "Transfer-Encoding in HTTP/1.0");
    if (hosts > 1) return fail(e, 400, "several Host headers");
    if (hosts == 0 && r->minor > 0) return fail(e, 400, "the Host header is missing");
    if (!all(host, HOST)) return fail(e, 400, "the Host header is malformed");
    r->chunked = encoded;
    r->keep_alive = !close && (r->minor > 0 || keep);
    if (read_target(r, e) != HTTP1_DONE) return HTTP1_ERROR;
    if (r->form == HTTP1_ORIGIN || r->form == HTTP1_ASTERISK) r->authority = host;
    return HTTP1_DONE;
}

enum http1_result http1_head(struct http1_scan *scan, str bytes, size_t max,
                             struct http1_request *out, size_t *used, struct http1_error *e) {
    bool resumed = scan->at > 0;
    *used = 0;
    enum http1_result r = read_lines(scan, bytes, max, out, e);
    if (r != HTTP1_DONE) return r;
    if (resumed) {
        *scan = (struct http1_scan){ 0 };
        read_lines(scan, bytes, max, out, e);
    }
    *used = scan->at;
    out->header_count = scan->headers;
    *scan = (struct http1_scan){ 0 };
    return settle(out, e);
}
