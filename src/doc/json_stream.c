/* One byte at a time where something can happen, runs where nothing can: inside a string everything
 * up to the next quote, backslash or byte outside ASCII is one piece. */
#include "doc/json_stream.h"

#include "base/utf8.h"

#include <string.h>

enum {
    VALUE,      /* a value must come */
    FIRST_ITEM, /* a value, or ']' */
    FIRST_KEY,  /* a name, or '}' */
    NEXT_KEY,   /* a name */
    COLON,
    AFTER_VALUE, /* ',' or what closes */
    IN_STRING,
    ESCAPE, /* behind a backslash */
    HEX,    /* behind \u */
    WORD,   /* true, false, null */
    MINUS,  /* a number: behind its sign */
    ZERO,   /* its whole part is 0 */
    WHOLE,  /* digits of the whole part */
    POINT,  /* behind the point: a digit must come */
    FRACTION,
    EXPONENT, /* behind the e: a sign or a digit */
    EXPONENT_SIGN,
    EXPONENT_DIGITS,
    OVER, /* the document is complete */
};

void json_stream_init(struct json_stream *s, void *ctx,
                      enum chela_error (*on_token)(void *, enum json_token, str, struct err *)) {
    memset(s, 0, sizeof *s);
    s->ctx = ctx;
    s->on_token = on_token;
    s->state = VALUE;
}

static enum chela_error bad(const struct json_stream *s, const char *expected, struct err *e) {
    return err_set(e, CHELA_INPUT, "byte %llu: expected %s", (unsigned long long)s->offset + 1,
                   expected);
}

static enum chela_error give(struct json_stream *s, enum json_token token, str text,
                             struct err *e) {
    return s->on_token(s->ctx, token, text, e);
}

static void after_value(struct json_stream *s) {
    s->state = s->depth ? AFTER_VALUE : OVER;
}

/* ---- strings ---- */

static void keep(struct json_stream *s, str piece) {
    size_t room = sizeof s->text - s->text_n;
    s->text_cut = s->text_cut || piece.n > room;
    size_t n = piece.n < room ? piece.n : room;
    memcpy(s->text + s->text_n, piece.p, n);
    s->text_n += n;
}

static enum chela_error string_piece(struct json_stream *s, str piece, struct err *e) {
    if (!s->is_key) return give(s, JSON_TEXT, piece, e);
    keep(s, piece);
    return CHELA_OK;
}

static enum chela_error put_code(struct json_stream *s, uint32_t code, struct err *e) {
    char bytes[4];
    return string_piece(s, (str){ bytes, utf8_put(bytes, code) }, e);
}

/* A first half of a surrogate pair whose other half did not come. */
static enum chela_error flush_high(struct json_stream *s, struct err *e) {
    if (!s->high) return CHELA_OK;
    s->high = 0;
    return put_code(s, 0xFFFD, e);
}

static enum chela_error begin_string(struct json_stream *s, bool is_key, struct err *e) {
    s->is_key = is_key;
    s->state = IN_STRING;
    s->text_n = 0;
    s->text_cut = false;
    return is_key ? CHELA_OK : give(s, JSON_STRING, (str){ 0 }, e);
}

static enum chela_error end_string(struct json_stream *s, struct err *e) {
    enum chela_error rc = flush_high(s, e);
    if (rc != CHELA_OK) return rc;
    if (!s->is_key) {
        after_value(s);
        return give(s, JSON_STRING_END, (str){ 0 }, e);
    }
    s->state = COLON;
    return give(s, JSON_KEY, (str){ s->text, s->text_n }, e);
}

/* The first byte of a character outside ASCII: what must follow it. */
static bool begin_character(struct json_stream *s, unsigned char c) {
    s->utf8_low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    s->utf8_high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    s->utf8_left = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
    return c >= 0xC2 && c <= 0xF4;
}

static bool continue_character(struct json_stream *s, unsigned char c) {
    bool good = c >= s->utf8_low && c <= s->utf8_high;
    s->utf8_left--;
    s->utf8_low = 0x80;
    s->utf8_high = 0xBF;
    return good;
}

/* How many bytes at p are text that means itself. False: one of them cannot stand there; *n is its
 * index then. */
static bool plain_run(struct json_stream *s, str bytes, size_t *n) {
    const unsigned char *p = (const unsigned char *)bytes.p;
    size_t i = 0;
    for (; i < bytes.n; i++) {
        unsigned char c = p[i];
        bool good = true;
        if (s->utf8_left)
            good = continue_character(s, c);
        else if (c >= 0x80)
            good = begin_character(s, c);
        else if (c == '"' || c == '\\')
            break;
        else if (c < 0x20)
            good = false;
        if (!good) {
            *n = i;
            return false;
        }
    }
    *n = i;
    return true;
}

/* *used: bytes of the piece that were read, at least one. */
static enum chela_error in_string(struct json_stream *s, str bytes, size_t *used, struct err *e) {
    bool good = plain_run(s, bytes, used);
    enum chela_error rc = CHELA_OK;
    if (!good) {
        s->offset += *used;
        return bad(s,
                   s->utf8_left || (unsigned char)bytes.p[*used] >= 0x80
                       ? "UTF-8"
                       : "a string without bare control characters",
                   e);
    }
    if (*used) {
        rc = flush_high(s, e);
        if (rc == CHELA_OK) rc = string_piece(s, str_head(bytes, *used), e);
    }
    if (rc != CHELA_OK || *used == bytes.n) return rc;
    char c = bytes.p[(*used)++];
    if (c == '"') return end_string(s, e);
    s->state = ESCAPE;
    return CHELA_OK;
}

static enum chela_error escape(struct json_stream *s, char c, struct err *e) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    s->state = IN_STRING;
    if (c == 'u') {
        s->state = HEX;
        s->hex_left = 4;
        s->code = 0;
        return CHELA_OK;
    }
    const char *at = c ? strchr(from, c) : NULL;
    if (!at) return bad(s, "one of \" \\ / b f n r t u behind a backslash", e);
    enum chela_error rc = flush_high(s, e);
    return rc == CHELA_OK ? string_piece(s, (str){ to + (at - from), 1 }, e) : rc;
}

static enum chela_error hex_digit(struct json_stream *s, char c, struct err *e) {
    char l = ascii_lower(c);
    bool digit = c >= '0' && c <= '9';
    if (!digit && !(l >= 'a' && l <= 'f')) return bad(s, "four hexadecimal digits behind \\u", e);
    s->code = s->code << 4 | (uint32_t)(digit ? c - '0' : l - 'a' + 10);
    if (--s->hex_left) return CHELA_OK;
    s->state = IN_STRING;
    uint32_t code = s->code;
    if (s->high && code >= 0xDC00 && code <= 0xDFFF) {
        code = 0x10000 + ((s->high - 0xD800) << 10) + (code - 0xDC00);
        s->high = 0;
        return put_code(s, code, e);
    }
    enum chela_error rc = flush_high(s, e);
    if (rc != CHELA_OK) return rc;
    if (code >= 0xD800 && code <= 0xDBFF) {
        s->high = code;
        return CHELA_OK;
    }
    return put_code(s, code >= 0xDC00 && code <= 0xDFFF ? 0xFFFD : code, e);
}

/* ---- numbers and words ---- */

static enum chela_error end_literal(struct json_stream *s, struct err *e) {
    after_value(s);
    return give(s, JSON_LITERAL, s->text_cut ? (str){ 0 } : (str){ s->text, s->text_n }, e);
}

static enum chela_error word(struct json_stream *s, char c, struct err *e) {
    if (c != *s->word) return bad(s, "a value", e);
    keep(s, (str){ &c, 1 });
    if (*++s->word) return CHELA_OK;
    return end_literal(s, e);
}

/* The state behind c in a number; OVER: c is not part of it. */
static int number_state(int state, char c) {
    bool digit = c >= '0' && c <= '9', exponent = c == 'e' || c == 'E';
    switch (state) {
    case MINUS: return c == '0' ? ZERO : digit ? WHOLE : OVER;
    case ZERO: return c == '.' ? POINT : exponent ? EXPONENT : OVER;
    case WHOLE: return digit ? WHOLE : c == '.' ? POINT : exponent ? EXPONENT : OVER;
    case POINT: return digit ? FRACTION : OVER;
    case FRACTION: return digit ? FRACTION : exponent ? EXPONENT : OVER;
    case EXPONENT:
        if (c == '+' || c == '-') return EXPONENT_SIGN;
        return digit ? EXPONENT_DIGITS : OVER;
    default: return digit ? EXPONENT_DIGITS : OVER;
    }
}

static bool number_may_end(int state) {
    return state == ZERO || state == WHOLE || state == FRACTION || state == EXPONENT_DIGITS;
}

/* *taken false: the byte was not the number's, and is still to be read. */
static enum chela_error number(struct json_stream *s, char c, bool *taken, struct err *e) {
    int next = number_state(s->state, c);
    *taken = next != OVER;
    if (*taken) {
        s->state = next;
        keep(s, (str){ &c, 1 });
        return CHELA_OK;
    }
    if (!number_may_end(s->state)) return bad(s, "a digit", e);
    return end_literal(s, e);
}

/* ---- structure ---- */

static enum chela_error open_container(struct json_stream *s, bool object, struct err *e) {
    if (s->depth == JSON_STREAM_DEPTH)
        return err_set(e, CHELA_LIMIT, "byte %llu: nested deeper than %d levels",
                       (unsigned long long)s->offset + 1, JSON_STREAM_DEPTH);
    s->in_object[++s->depth] = object;
    s->state = object ? FIRST_KEY : FIRST_ITEM;
    return give(s, object ? JSON_OBJECT : JSON_ARRAY, (str){ 0 }, e);
}

static enum chela_error close_container(struct json_stream *s, bool object, struct err *e) {
    s->depth--;
    after_value(s);
    return give(s, object ? JSON_OBJECT_END : JSON_ARRAY_END, (str){ 0 }, e);
}

static enum chela_error value(struct json_stream *s, char c, struct err *e) {
    s->text_n = 0;
    s->text_cut = false;
    switch (c) {
    case '{': return open_container(s, true, e);
    case '[': return open_container(s, false, e);
    case '"': return begin_string(s, false, e);
    case 't': s->word = "true"; break;
    case 'f': s->word = "false"; break;
    case 'n': s->word = "null"; break;
    case '-': s->state = MINUS; break;
    default:
        s->state = number_state(MINUS, c);
        if (s->state == OVER) return bad(s, "a value", e);
    }
    if (c == 't' || c == 'f' || c == 'n') {
        s->state = WORD;
        s->word++;
    }
    keep(s, (str){ &c, 1 });
    return CHELA_OK;
}

static enum chela_error after(struct json_stream *s, char c, struct err *e) {
    bool object = s->in_object[s->depth];
    if (c == ',') {
        s->state = object ? NEXT_KEY : VALUE;
        return CHELA_OK;
    }
    if (c == (object ? '}' : ']')) return close_container(s, object, e);
    return bad(s, object ? "',' or '}'" : "',' or ']'", e);
}

static enum chela_error structure(struct json_stream *s, char c, struct err *e) {
    if (ascii_space(c)) return CHELA_OK;
    switch (s->state) {
    case FIRST_ITEM: return c == ']' ? close_container(s, false, e) : value(s, c, e);
    case FIRST_KEY:
        if (c == '}') return close_container(s, true, e);
        __attribute__((fallthrough));
    case NEXT_KEY: return c == '"' ? begin_string(s, true, e) : bad(s, "a name in quotes", e);
    case COLON:
        if (c != ':') return bad(s, "':'", e);
        s->state = VALUE;
        return CHELA_OK;
    case AFTER_VALUE: return after(s, c, e);
    case OVER: return bad(s, "the end of the text", e);
    default: return value(s, c, e);
    }
}

enum chela_error json_stream_feed(struct json_stream *s, str bytes, struct err *e) {
    enum chela_error rc = CHELA_OK;
    for (size_t i = 0; i < bytes.n && rc == CHELA_OK;) {
        size_t used = 1;
        bool taken = true;
        char c = bytes.p[i];
        switch (s->state) {
        case IN_STRING: rc = in_string(s, str_skip(bytes, i), &used, e); break;
        case ESCAPE: rc = escape(s, c, e); break;
        case HEX: rc = hex_digit(s, c, e); break;
        case WORD: rc = word(s, c, e); break;
        case MINUS:
        case ZERO:
        case WHOLE:
        case POINT:
        case FRACTION:
        case EXPONENT:
        case EXPONENT_SIGN:
        case EXPONENT_DIGITS: rc = number(s, c, &taken, e); break;
        default: rc = structure(s, c, e);
        }
        if (!taken) used = 0;
        i += used;
        s->offset += used;
    }
    return rc;
}

enum chela_error json_stream_end(struct json_stream *s, struct err *e) {
    if (!s->depth && number_may_end(s->state)) return end_literal(s, e);
    return s->state == OVER ? CHELA_OK : bad(s, "more: the text ends too early", e);
}
