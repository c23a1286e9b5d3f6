#include "doc/json_write.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "doc/scan.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void put(struct json_writer *w, str s) {
    if (w->comma) buf_addc(w->out, ',');
    buf_add(w->out, s);
    w->comma = true;
}

void json_object(struct json_writer *w) {
    put(w, S("{"));
    w->comma = false;
}

void json_object_end(struct json_writer *w) {
    buf_addc(w->out, '}');
    w->comma = true;
}

void json_array(struct json_writer *w) {
    put(w, S("["));
    w->comma = false;
}

void json_array_end(struct json_writer *w) {
    buf_addc(w->out, ']');
    w->comma = true;
}

void json_key(struct json_writer *w, str key) {
    if (w->comma) buf_addc(w->out, ',');
    json_quote(w->out, key);
    buf_addc(w->out, ':');
    w->comma = false;
}

void json_string(struct json_writer *w, str s) {
    put(w, S(""));
    json_quote(w->out, s);
}

void json_int(struct json_writer *w, int64_t v) {
    put(w, S(""));
    buf_addf(w->out, "%" PRId64, v);
}

void json_double(struct json_writer *w, double v) {
    if (!isfinite(v)) {
        json_null(w);
        return;
    }
    char text[40] = "";
    /* Numbers have a point in JSON, whatever the program's locale says. */
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t before = c ? uselocale(c) : (locale_t)0;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) break;
    }
    if (c) {
        uselocale(before);
        freelocale(c);
    }
    put(w, str_c(text));
}

void json_bool(struct json_writer *w, bool v) {
    put(w, v ? S("true") : S("false"));
}

void json_null(struct json_writer *w) {
    put(w, S("null"));
}

void json_raw(struct json_writer *w, str json) {
    put(w, json);
}

void json_kstring(struct json_writer *w, const char *key, str s) {
    json_key(w, str_c(key));
    json_string(w, s);
}

void json_data_url(struct json_writer *w, str mime, str bytes) {
    json_raw(w, S("\"data:"));
    buf_add(w->out, mime);
    buf_add(w->out, S(";base64,"));
    base64_encode(w->out, bytes);
    buf_addc(w->out, '"');
}

void json_kint(struct json_writer *w, const char *key, int64_t v) {
    json_key(w, str_c(key));
    json_int(w, v);
}

void json_kbool(struct json_writer *w, const char *key, bool v) {
    json_key(w, str_c(key));
    json_bool(w, v);
}

static bool quote_run(struct buf *out, const struct scan *scan, str s) {
    if (!s.n) return true; /* s.p may be NULL, and nothing is added to that */
    const char *p = s.p, *end = s.p + s.n;
    while (p < end) {
        const char *stop = scan->stop(p, end, '"');
        buf_add(out, (str){ p, (size_t)(stop - p) });
        if (stop == end) break;
        switch (*stop) {
        case '"': buf_add(out, S("\\\"")); break;
        case '\\': buf_add(out, S("\\\\")); break;
        case '\b': buf_add(out, S("\\b")); break;
        case '\f': buf_add(out, S("\\f")); break;
        case '\n': buf_add(out, S("\\n")); break;
        case '\r': buf_add(out, S("\\r")); break;
        case '\t': buf_add(out, S("\\t")); break;
        default: buf_addf(out, "\\u%04x", (unsigned)(unsigned char)*stop); break;
        }
        p = stop + 1;
    }
    return !out->failed;
}

bool json_quote(struct buf *out, str s) {
    const struct scan *scan = scan_best();
    buf_addc(out, '"');
    for (;;) {
        size_t good = scan->utf8(s);
        quote_run(out, scan, str_head(s, good));
        if (good == s.n) break;
        buf_add(out, S("\xEF\xBF\xBD"));
        s = str_skip(s, good + 1);
    }
    return buf_addc(out, '"');
}
