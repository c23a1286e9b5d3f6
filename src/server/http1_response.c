/* The response's part of a head: the status line, which responses have no body, when to come again.
 */
#include "server/http1_impl.h"

#include "base/clock.h"

#include <time.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static enum http1_result read_status_line(str line, void *head, struct http1_error *e) {
    struct http1_response *out = head;
    str version, rest;
    str_cut(line, ' ', &version, &rest);
    if (!http1_is_version(version))
        return http1_fail(e, 400, "the status line does not begin with a protocol version");
    if (version.p[5] != '1') return http1_fail(e, 505, "the answer is not HTTP/1.0 or HTTP/1.1");
    if (rest.n < 3 || (rest.n > 3 && rest.p[3] != ' ') || rest.p[0] < '1' || rest.p[0] > '9' ||
        !is_digit(rest.p[1]) || !is_digit(rest.p[2]) || !http1_all(str_skip(rest, 3), HTTP1_VALUE))
        return http1_fail(e, 400, "the status line is malformed");
    out->status = (rest.p[0] - '0') * 100 + (rest.p[1] - '0') * 10 + (rest.p[2] - '0');
    out->framing.minor = version.p[7] == '0' ? 0 : 1;
    return HTTP1_DONE;
}

str http1_response_header(const struct http1_response *r, str name) {
    return http1_find(r->header, r->header_count, name);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form that servers still write. */
static bool read_date(str text, time_t *out) {
    char copy[40];
    struct tm t = { 0 };
    if (!text.n || !str_copy(copy, sizeof copy, text)) return false;
    const char *end = strptime(copy, "%a, %d %b %Y %H:%M:%S GMT", &t);
    if (!end || *end) return false;
    *out = timegm(&t);
    return true;
}

double http1_retry_after(const struct http1_response *r) {
    str text = http1_response_header(r, S("retry-after"));
    double value;
    time_t when, now;
    if (str_f64(http1_response_header(r, S("retry-after-ms")), &value) && value >= 0)
        return value / 1000;
    if (str_f64(text, &value)) return value >= 0 ? value : -1;
    if (!read_date(text, &when)) return -1;
    /* The server's own clock, if it tells it: a date is a distance only on the clock it is from. */
    if (!read_date(http1_response_header(r, S("date")), &now)) now = clock_unix_ms() / 1000;
    return when > now ? difftime(when, now) : 0;
}

enum http1_result http1_response_head(struct http1_scan *scan, str bytes, size_t max,
                                      struct http1_response *out, size_t *used,
                                      struct http1_error *e) {
    const struct http1_kind kind = { read_status_line, out, out->header };
    enum http1_result r = http1_lines(scan, bytes, max, &kind, &out->header_count, used, e);
    if (r == HTTP1_DONE) r = http1_framing(&out->framing, out->header, out->header_count, e);
    if (r != HTTP1_DONE) return r;
    out->bodyless = out->status < 200 || out->status == 204 || out->status == 304;
    return HTTP1_DONE;
}
