#include "gateway/usage_scan.h"

#include <string.h>

static bool is_usage(const struct usage_scan *s) {
    return s->key_length == 5 && memcmp(s->key, "usage", 5) == 0;
}

static void in_string(struct usage_scan *s, char c) {
    bool of_root_key = s->depth == 1 && s->at_key;
    if (s->escaped) {
        s->escaped = false;
    } else if (c == '"') {
        s->in_string = false;
        return;
    } else if (c == '\\') {
        s->escaped = true;
    }
    if (!of_root_key) return;
    if (s->key_length < sizeof s->key) s->key[s->key_length] = c;
    s->key_length++;
}

static void open(struct usage_scan *s, char c) {
    if (s->depth == 1 && c == '{' && !s->at_key && is_usage(s)) s->keeping = true;
    s->depth++;
    s->begun = true;
    if (s->depth == 1) s->at_key = c == '{';
}

static void outside(struct usage_scan *s, char c) {
    switch (c) {
    case '"':
        s->in_string = true;
        if (s->depth == 1 && s->at_key) s->key_length = 0;
        break;
    case '{':
    case '[': open(s, c); break;
    case '}':
    case ']':
        if (s->depth) s->depth--;
        s->whole = s->begun && s->depth == 0;
        break;
    case ':':
        if (s->depth == 1) s->at_key = false;
        break;
    case ',':
        if (s->depth == 1) s->at_key = true;
        break;
    default: break;
    }
}

void usage_scan(struct usage_scan *s, str bytes, struct buf *usage) {
    const char *p = bytes.p, *end = bytes.p + bytes.n;
    while (p < end) {
        if (s->in_string && !s->escaped && !s->keeping && !s->at_key) { /* most of a picture */
            while (p < end && *p != '"' && *p != '\\') p++;
            if (p == end) return;
        }
        char c = *p++;
        bool kept = s->keeping;
        if (s->in_string)
            in_string(s, c);
        else
            outside(s, c);
        if (!kept && !s->keeping) continue;
        if (!kept) buf_clear(usage); /* of twins the last counts */
        buf_addc(usage, c);
        if (usage->n >= USAGE_SCAN_MOST) {
            buf_clear(usage);
            s->keeping = false;
            s->key_length = 0;
        } else if (!s->in_string && s->depth == 1) {
            s->keeping = false;
            s->key_length = 0;
        }
    }
}
