#include "base/base64.h"

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

enum { SKIP = 64, PAD = 65, NONE = 66 };

/* What each byte means: a digit's value, white space, padding, or nothing. */
/* clang-format off */
static const unsigned char meaning[256] = {
#define N4           NONE, NONE, NONE, NONE
#define N8           N4, N4
#define N32          N8, N8, N8, N8
#define RUN8(a)      (a), (a) + 1, (a) + 2, (a) + 3, (a) + 4, (a) + 5, (a) + 6, (a) + 7
#define LETTERS(a)   RUN8(a), RUN8((a) + 8), RUN8((a) + 16), (a) + 24, (a) + 25
    N8, NONE, SKIP, SKIP, NONE, NONE, SKIP, NONE, NONE, N8, N8,              /* controls */
    SKIP, NONE, NONE, NONE, N4, NONE, NONE, NONE, 62, NONE, 62, NONE, 63,    /* + - / */
    RUN8(52), 60, 61, NONE, NONE, NONE, PAD, NONE, NONE,                     /* 0 to 9, = */
    NONE, LETTERS(0), N4, 63,                                                /* A to Z, _ */
    NONE, LETTERS(26), N4, NONE,                                             /* a to z */
    N32, N32, N32, N32,
#undef N4
#undef N8
#undef N32
#undef RUN8
#undef LETTERS
};
/* clang-format on */

static void put_group(char *at, uint32_t v) {
    at[0] = (char)(v >> 16 & 255);
    at[1] = (char)(v >> 8 & 255);
    at[2] = (char)(v & 255);
}

/* Groups of four digits, as many as stand together; returns how many digits were read. */
static size_t whole_groups(const unsigned char *p, size_t n, char *at) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4, at += 3) {
        unsigned a = meaning[p[i]], b = meaning[p[i + 1]], c = meaning[p[i + 2]],
                 d = meaning[p[i + 3]];
        if ((a | b | c | d) >= SKIP) break;
        put_group(at, a << 18 | b << 12 | c << 6 | d);
    }
    return i;
}

/* One byte that is not part of a run of groups; *made grows by 0 or 3. */
static bool one(struct base64_stream *s, unsigned char c, char *at, size_t *made) {
    unsigned m = meaning[c];
    if (m == SKIP) return true;
    if (m == PAD) return ++s->padding <= 2;
    if (m == NONE || s->padding) return false;
    s->bits = s->bits << 6 | m;
    if (++s->digits < 4) return true;
    put_group(at + *made, s->bits);
    *made += 3;
    s->digits = 0;
    s->bits = 0;
    return true;
}

bool base64_feed(struct base64_stream *s, struct buf *out, str piece) {
    char *at = s->bad ? NULL : buf_room(out, piece.n / 4 * 3 + 3);
    if (!at) return false;
    const unsigned char *p = (const unsigned char *)piece.p;
    size_t i = 0, made = 0;
    while (i < piece.n && !s->bad) {
        if (!s->digits && !s->padding) {
            size_t run = whole_groups(p + i, piece.n - i, at + made);
            i += run;
            made += run / 4 * 3;
        }
        if (i < piece.n) s->bad = !one(s, p[i++], at, &made);
    }
    out->n += made;
    out->p[out->n] = '\0';
    return !s->bad;
}

bool base64_finish(struct base64_stream *s, struct buf *out) {
    char last[2];
    if (s->digits == 1 || (s->padding && s->digits + s->padding != 4)) s->bad = true;
    if (s->bad || !s->digits) return !s->bad;
    uint32_t v = s->bits << (s->digits == 2 ? 12 : 6);
    last[0] = (char)(v >> 16 & 255);
    last[1] = (char)(v >> 8 & 255);
    return buf_add(out, (str){ last, s->digits - 1 });
}

bool base64_decode(struct buf *out, str text) {
    struct base64_stream s = { 0 };
    size_t before = out->n;
    if (base64_feed(&s, out, text) && base64_finish(&s, out)) return true;
    if (out->n > before) {
        out->n = before;
        out->p[before] = '\0';
    }
    return false;
}
