/* What requests and responses share: lines, headers, lists, lengths.
 *
 * One pass over whole lines: a line is judged when its LF is there, so pieces and the whole give
 * the same verdict, and a slow sender costs no more than a quick one. Only a head that came in
 * several pieces is gone through twice, because its slices must point into the buffer's last place.
 */
#include "server/http1_impl.h"

/* Which bytes may stand where: RFC 9110 token; field value; request target (braces are not in
 * RFC 3986, but are sent unescaped in practice); host and port. */
enum {
    N = 0,
    V = HTTP1_VALUE,
    K = HTTP1_VALUE | HTTP1_TOKEN,
    G = HTTP1_VALUE | HTTP1_TARGET,
    H = HTTP1_VALUE | HTTP1_TARGET | HTTP1_HOST,
    P = HTTP1_VALUE | HTTP1_TARGET | HTTP1_TOKEN,
    A = HTTP1_VALUE | HTTP1_TARGET | HTTP1_TOKEN | HTTP1_HOST,
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

bool http1_all(str s, unsigned char kind) {
    for (size_t i = 0; i < s.n; i++)
        if (!(kinds[(unsigned char)s.p[i]] & kind)) return false;
    return true;
}

bool http1_is_token(str s) {
    return s.n > 0 && http1_all(s, HTTP1_TOKEN);
}

bool http1_is_version(str s) {
    return s.n == 8 && str_starts(s, S("HTTP/")) && s.p[6] == '.' && s.p[5] >= '0' &&
           s.p[5] <= '9' && s.p[7] >= '0' && s.p[7] <= '9';
}

enum http1_result http1_fail(struct http1_error *e, int status, const char *why) {
    *e = (struct http1_error){ status, why };
    return HTTP1_ERROR;
}

str http1_find(const struct http1_header *headers, size_t count, str name) {
    for (size_t i = 0; i < count; i++)
        if (str_ieq(headers[i].name, name)) return headers[i].value;
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

static enum http1_result read_header(str line, struct http1_header *h, struct http1_error *e) {
    if (line.p[0] == ' ' || line.p[0] == '\t')
        return http1_fail(e, 400, "a header is folded over two lines");
    str value;
    if (!str_cut(line, ':', &h->name, &value) || !http1_is_token(h->name))
        return http1_fail(e, 400, "a header's name is malformed");
    if (!http1_all(value, HTTP1_VALUE))
        return http1_fail(e, 400, "a header's value has a control character");
    while (value.n && (value.p[0] == ' ' || value.p[0] == '\t')) value = str_skip(value, 1);
    while (value.n && (value.p[value.n - 1] == ' ' || value.p[value.n - 1] == '\t')) value.n--;
    h->value = value;
    return HTTP1_DONE;
}

/* Reads the whole lines that are there, from scan->at on. DONE: the blank line was one of them. */
static enum http1_result read_lines(struct http1_scan *scan, str bytes, size_t max,
                                    const struct http1_kind *kind, struct http1_error *e) {
    for (;;) {
        str rest = str_skip(bytes, scan->at);
        /* What can be no head (a TLS hello, say) need not be waited for. */
        if (scan->lines == 0 && rest.n && rest.p[0] != '\r' &&
            !(kinds[(unsigned char)rest.p[0]] & HTTP1_TOKEN))
            return http1_fail(e, 400, "this is not HTTP");
        ptrdiff_t lf = str_chr(str_head(rest, max - scan->at), '\n');
        if (lf < 0) {
            if (bytes.n < max) return HTTP1_MORE;
            return scan->lines == 0 ? http1_fail(e, 414, "the first line is too long")
                                    : http1_fail(e, 431, "the headers are too large");
        }
        if (lf == 0 || rest.p[lf - 1] != '\r') return http1_fail(e, 400, "a line ends without CR");
        str line = str_head(rest, (size_t)lf - 1);
        scan->at += (size_t)lf + 1;
        if (line.n == 0) {
            if (scan->lines) return HTTP1_DONE;
            continue; /* blank lines before a head are a habit of old programs */
        }
        enum http1_result r;
        if (scan->lines++ == 0) {
            r = kind->first_line(line, kind->head, e);
        } else {
            if (scan->headers == HTTP1_MAX_HEADERS) return http1_fail(e, 431, "too many headers");
            r = read_header(line, &kind->header[scan->headers++], e);
        }
        if (r != HTTP1_DONE) return r;
    }
}

enum http1_result http1_lines(struct http1_scan *scan, str bytes, size_t max,
                              const struct http1_kind *kind, size_t *count, size_t *used,
                              struct http1_error *e) {
    bool resumed = scan->at > 0;
    *used = 0;
    enum http1_result r = read_lines(scan, bytes, max, kind, e);
    if (r != HTTP1_DONE) return r;
    if (resumed) {
        *scan = (struct http1_scan){ 0 };
        read_lines(scan, bytes, max, kind, e);
    }
    *used = scan->at;
    *count = scan->headers;
    *scan = (struct http1_scan){ 0 };
    return HTTP1_DONE;
}

static enum http1_result read_length(struct http1_framing *f, str value, struct http1_error *e) {
    if (value.n == 0 || !(value.p[0] >= '0' && value.p[0] <= '9'))
        return http1_fail(e, 400, "Content-Length is no number");
    int64_t length = 0;
    if (!str_i64(value, &length)) {
        for (size_t i = 0; i < value.n; i++)
            if (value.p[i] < '0' || value.p[i] > '9')
                return http1_fail(e, 400, "Content-Length is no number");
        return http1_fail(e, 413, "Content-Length is beyond any limit");
    }
    if (f->has_length && f->length != (uint64_t)length)
        return http1_fail(e, 400, "two different Content-Length headers");
    f->has_length = true;
    f->length = (uint64_t)length;
    return HTTP1_DONE;
}

enum http1_result http1_framing(struct http1_framing *f, const struct http1_header *header,
                                size_t count, struct http1_error *e) {
    bool close = false, keep = false;
    *f = (struct http1_framing){ .minor = f->minor };
    for (size_t i = 0; i < count; i++) {
        str name = header[i].name, value = header[i].value, item;
        switch (name.n) { /* few headers get past their length */
        case 10:
            if (!str_ieq(name, S("connection"))) break;
            while (http1_list_next(&value, &item)) {
                close |= str_ieq(item, S("close"));
                keep |= str_ieq(item, S("keep-alive"));
            }
            break;
        case 14:
            if (!str_ieq(name, S("content-length"))) break;
            if (read_length(f, value, e) != HTTP1_DONE) return HTTP1_ERROR;
            break;
        case 17:
            if (!str_ieq(name, S("transfer-encoding"))) break;
            if (f->chunked) return http1_fail(e, 400, "two Transfer-Encoding headers");
            f->chunked = true;
            if (!str_ieq(value, S("chunked")))
                return http1_fail(e, 501, "of transfer encodings only chunked is known");
            break;
        default: break;
        }
    }
    if (f->chunked && f->has_length)
        return http1_fail(e, 400, "both Content-Length and Transfer-Encoding");
    if (f->chunked && f->minor == 0) return http1_fail(e, 400, "Transfer-Encoding in HTTP/1.0");
    f->keep_alive = !close && (f->minor > 0 || keep);
    return HTTP1_DONE;
}
