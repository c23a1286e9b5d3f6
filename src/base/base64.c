#include "base/base64.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool base64_encode(struct buf *out, str bytes) {
    char *at = buf_room(out, (bytes.n + 2) / 3 * 4);
    if (!at) return false;
    const unsigned char *in = (const unsigned char *)bytes.p;
    size_t i = 0;
    for (; i + 3 <= bytes.n; i += 3) {
        unsigned v = (unsigned)in[i] << 16 | (unsigned)in[i + 1] << 8 | in[i + 2];
        *at++ = alphabet[v >> 18];
        *at++ = alphabet[v >> 12 & 63];
        *at++ = alphabet[v >> 6 & 63];
        *at++ = alphabet[v & 63];
    }
    if (i < bytes.n) {
        bool two = i + 1 < bytes.n;
        unsigned v = (unsigned)in[i] << 16 | (two ? (unsigned)in[i + 1] << 8 : 0u);
        *at++ = alphabet[v >> 18];
        *at++ = alphabet[v >> 12 & 63];
        *at++ = two ? alphabet[v >> 6 & 63] : '=';
        *at++ = '=';
    }
    out->n += (bytes.n + 2) / 3 * 4;
    out->p[out->n] = '\0';
    return true;
}

static int value_of(char c) {
    if (c == '-') return 62;
    if (c == '_') return 63;
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

bool base64_decode(struct buf *out, str text) {
    char *at = buf_room(out, text.n / 4 * 3 + 3);
    if (!at) return false;
    unsigned v = 0, count = 0, padding = 0;
    size_t made = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (ascii_space(c)) continue;
        if (c == '=') {
            padding++;
            continue;
        }
        int d = value_of(c);
        if (d < 0 || padding) return false;
        v = v << 6 | (unsigned)d;
        if (++count % 4 == 0) {
            at[made++] = (char)(v >> 16 & 255);
            at[made++] = (char)(v >> 8 & 255);
            at[made++] = (char)(v & 255);
            v = 0;
        }
    }
    unsigned left = count % 4;
    if (left == 1 || padding > 2 || (padding && (left + padding) != 4)) return false;
    if (left >= 2) at[made++] = (char)(left == 2 ? v >> 4 & 255 : v >> 10 & 255);
    if (left == 3) at[made++] = (char)(v >> 2 & 255);
    out->n += made;
    out->p[out->n] = '\0';
    return true;
}
