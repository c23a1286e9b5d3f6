/* Whatever a server sends as its head is bounded and kept as text: chela looks at a handful of
 * headers, so they are searched for, not indexed. */
#include "net/http_head.h"

#include "base/clock.h"

#include <time.h>

enum { MAX_HEAD = 256 * 1024 };

static const double max_wait = 30.0 * 24 * 3600;

void http_head_init(struct http_head *h) {
    *h = (struct http_head){ .lines = BUF_INIT(MAX_HEAD) };
}

void http_head_free(struct http_head *h) {
    buf_free(&h->lines);
}

/* "HTTP/1.1 200 OK", "HTTP/2 200" */
static int status_of(str line) {
    str version, rest, code, reason;
    int64_t status = 0;
    if (!str_cut(line, ' ', &version, &rest)) return 0;
    str_cut(rest, ' ', &code, &reason);
    return str_i64(code, &status) && status >= 100 && status <= 999 ? (int)status : 0;
}

enum chela_error http_head_line(struct http_head *h, str line, struct err *e) {
    if (h->done) return CHELA_OK;
    h->begun = true;
    str text = str_trim(line);
    if (text.n == 0) {
        h->done = h->status >= 200;
        return CHELA_OK;
    }
    if (str_starts(text, S("HTTP/"))) {
        buf_clear(&h->lines);
        h->status = status_of(text);
        return CHELA_OK;
    }
    if (buf_add(&h->lines, text) && buf_addc(&h->lines, '\n')) return CHELA_OK;
    return h->lines.failed == BUF_NO_MEMORY
               ? err_set(e, CHELA_NOMEM, "out of memory reading an answer's headers")
               : err_set(e, CHELA_LIMIT, "the headers of the answer are longer than %d bytes",
                         (int)MAX_HEAD);
}

str http_answer_header(const struct http_answer *a, str name) {
    str rest = a->head, line;
    while (rest.n) {
        str_cut(rest, '\n', &line, &rest);
        if (line.n > name.n && line.p[name.n] == ':' && str_istarts(line, name))
            return str_trim(str_skip(line, name.n + 1));
    }
    return (str){ 0 };
}

static double clamp(double seconds) {
    return seconds < 0 ? 0 : seconds > max_wait ? max_wait : seconds;
}

static time_t date_of(str text, const struct curl_lib *lib) {
    char copy[64];
    if (!text.n || !str_copy(copy, sizeof copy, text)) return -1;
    return lib->getdate(copy, NULL);
}

double http_retry_after(const struct http_answer *a, const struct curl_lib *lib) {
    double value;
    if (str_f64(http_answer_header(a, S("retry-after-ms")), &value)) return clamp(value / 1000);
    str text = http_answer_header(a, S("retry-after"));
    if (str_f64(text, &value)) return clamp(value);
    time_t when = date_of(text, lib);
    if (when < 0) return -1;
    /* The server's own clock, if it tells it: a date is a distance only on the clock it is from. */
    time_t now = date_of(http_answer_header(a, S("date")), lib);
    if (now < 0) now = (time_t)(clock_unix_ms() / 1000);
    return clamp(difftime(when, now));
}

struct http_answer http_head_answer(struct http_head *h, const struct curl_lib *lib) {
    struct http_answer a = { .status = h->status, .head = buf_str(&h->lines) };
    str type, parameters;
    str_cut(http_answer_header(&a, S("content-type")), ';', &type, &parameters);
    str_copy(h->content_type, sizeof h->content_type, str_trim(type));
    for (char *p = h->content_type; *p; p++) *p = ascii_lower(*p);
    a.content_type = str_c(h->content_type);
    a.retry_after = http_retry_after(&a, lib);
    static const char *const ids[] = { "x-request-id", "request-id", "x-generation-id" };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0] && !a.request_id.n; i++)
        a.request_id = http_answer_header(&a, str_c(ids[i]));
    return a;
}
