/* The chunked coding as a machine of one byte at a time, except in data, which is given out in
 * slices. Sizes have at most 16 hexadecimal digits, and what a sender may wrap around the data
 * (extensions, trailers) is bounded for the whole body: a byte of data must not cost a kilobyte. */
#include "server/http1.h"

enum {
    SIZE_FIRST,   /* the size's first digit */
    SIZE,         /* further digits */
    EXTENSION,    /* ";…" up to CR */
    SIZE_LF,      /* LF after the size line */
    DATA,         /* `left` bytes */
    DATA_CR,      /* CRLF after data */
    DATA_LF,      /* … */
    TRAILER,      /* first byte of a trailer line, or the last CR */
    TRAILER_NAME, /* up to the colon */
    TRAILER_VALUE,
    TRAILER_LF,
    LAST_LF,
};

static enum http1_result fail(struct http1_error *e, int status, const char *why) {
    *e = (struct http1_error){ status, why };
    return HTTP1_ERROR;
}

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool control(char c) {
    return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* One byte outside data. */
static enum http1_result step(struct http1_chunked *c, char byte, struct http1_error *e) {
    switch (c->state) {
    case SIZE_FIRST:
    case SIZE: {
        int digit = hex(byte);
        if (digit >= 0) {
            if (c->digits++ == 16) return fail(e, 400, "a chunk's size has too many digits");
            c->left = c->left << 4 | (unsigned)digit;
            c->state = SIZE;
        } else if (c->state == SIZE_FIRST) {
            return fail(e, 400, "a chunk does not begin with its size");
        } else if (byte == '\r') {
            c->state = SIZE_LF;
        } else if (byte == ';' || byte == ' ' || byte == '\t') {
            c->state = EXTENSION;
        } else {
            return fail(e, 400, "a chunk's size is malformed");
        }
        return HTTP1_MORE;
    }
    case EXTENSION:
        if (byte == '\r')
            c->state = SIZE_LF;
        else if (control(byte))
            return fail(e, 400, "a chunk extension has a control character");
        else
            c->extra++;
        break;
    case SIZE_LF:
        if (byte != '\n') return fail(e, 400, "a chunk's size does not end with CRLF");
        c->state = c->left ? DATA : TRAILER;
        break;
    case DATA_CR:
        if (byte != '\r') return fail(e, 400, "a chunk is longer than its size");
        c->state = DATA_LF;
        break;
    case DATA_LF:
        if (byte != '\n') return fail(e, 400, "a chunk does not end with CRLF");
        c->state = SIZE_FIRST;
        c->digits = 0;
        break;
    case TRAILER:
        c->extra++;
        if (byte == '\r')
            c->state = LAST_LF;
        else if (!http1_is_token((str){ &byte, 1 }))
            return fail(e, 400, "a trailer's name is malformed");
        else
            c->state = TRAILER_NAME;
        break;
    case TRAILER_NAME:
        c->extra++;
        if (byte == ':')
            c->state = TRAILER_VALUE;
        else if (!http1_is_token((str){ &byte, 1 }))
            return fail(e, 400, "a trailer's name is malformed");
        break;
    case TRAILER_VALUE:
        c->extra++;
        if (byte == '\r')
            c->state = TRAILER_LF;
        else if (control(byte))
            return fail(e, 400, "a trailer's value has a control character");
        break;
    case TRAILER_LF:
        if (byte != '\n') return fail(e, 400, "a trailer does not end with CRLF");
        c->state = TRAILER;
        break;
    default: /* LAST_LF */
        if (byte != '\n') return fail(e, 400, "the chunked body does not end with CRLF");
        return HTTP1_DONE;
    }
    if (c->extra > HTTP1_MAX_EXTRA)
        return fail(e, 431, "the chunk extensions and trailers are too large");
    return HTTP1_MORE;
}

enum http1_result http1_chunk(struct http1_chunked *c, str in, size_t *used, str *data,
                              struct http1_error *e) {
    *data = (str){ 0 };
    *used = 0;
    while (*used < in.n) {
        if (c->state == DATA) {
            str rest = str_skip(in, *used);
            *data = rest.n > c->left ? str_head(rest, (size_t)c->left) : rest;
            *used += data->n;
            c->left -= data->n;
            if (c->left == 0) c->state = DATA_CR;
            return HTTP1_MORE;
        }
        enum http1_result r = step(c, in.p[(*used)++], e);
        if (r != HTTP1_MORE) return r;
    }
    return HTTP1_MORE;
}
