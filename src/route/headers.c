/* The headers of one request. A name or value that could end the header early (CR, LF, NUL) or that
 * HTTP does not allow is refused here, so that no caller can be talked into sending one. */
#include "route/route.h"

#include <string.h>

static bool token_char(char c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return c && strchr("!#$%&'*+-.^_`|~", c);
}

static bool name_is_valid(str name) {
    for (size_t i = 0; i < name.n; i++)
        if (!token_char(name.p[i])) return false;
    return name.n > 0;
}

static bool value_is_valid(str value) {
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

/* h->count when there is none */
static size_t find(const struct header_list *h, str name) {
    size_t i = 0;
    while (i < h->count && !str_ieq(h->item[i].name, name)) i++;
    return i;
}

bool headers_set(struct header_list *h, str name, str value) {
    value = str_trim(value);
    if (!name_is_valid(name) || !value_is_valid(value)) return false;
    size_t i = find(h, name);
    if (i == sizeof h->item / sizeof h->item[0]) return false;
    str kept_name = arena_dup(h->arena, name);
    str kept_value = arena_dup(h->arena, value);
    if (!kept_name.p || !kept_value.p) return false;
    h->item[i].name = kept_name;
    h->item[i].value = kept_value;
    if (i == h->count) h->count++;
    return true;
}

bool headers_get(const struct header_list *h, str name, str *value) {
    size_t i = find(h, name);
    if (i == h->count) return false;
    if (value) *value = h->item[i].value;
    return true;
}

bool headers_remove(struct header_list *h, str name) {
    size_t i = find(h, name);
    if (i == h->count) return false;
    h->count--;
    memmove(&h->item[i], &h->item[i + 1], (h->count - i) * sizeof h->item[0]);
    return true;
}
