#include "gateway/query.h"

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What is no escape stands for itself. */
static str decoded(str text, struct arena *a) {
    char *out = arena_alloc(a, text.n + 1);
    size_t n = 0;
    if (!out) return (str){ 0 };
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '%' && i + 2 < text.n && hex(text.p[i + 1]) >= 0 && hex(text.p[i + 2]) >= 0) {
            out[n++] = (char)(hex(text.p[i + 1]) * 16 + hex(text.p[i + 2]));
            i += 2;
        } else {
            out[n++] = c == '+' ? ' ' : c;
        }
    }
    return (str){ out, n };
}

bool query_value(str query, const char *name, struct arena *a, str *out) {
    str pair, key, value;
    while (query.n) {
        str_cut(query, '&', &pair, &query);
        if (!str_cut(pair, '=', &key, &value) || !str_eq(decoded(key, a), str_c(name))) continue;
        *out = decoded(value, a);
        return out->n > 0;
    }
    return false;
}
