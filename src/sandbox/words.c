/* One reading of text for all rules, so that they agree on what a word is.
 *
 * The token estimate is deliberately simple and the same everywhere: what `usage` counts is what
 * max_tokens cuts. It is within a third of common tokenizers for English and Korean prose, which is
 * all a sandbox whose price is 0 needs.
 */
#include "sandbox/words.h"

#include "base/utf8.h"

#include <string.h>

static bool ascii_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Length of the character at the start of s; a byte that is no UTF-8 counts as a character. */
static size_t character(str s) {
    size_t n = utf8_step(s);
    return n ? n : s.n ? 1 : 0;
}

static uint32_t code_point(str s) {
    size_t n = utf8_step(s);
    const unsigned char *p = (const unsigned char *)s.p;
    switch (n) {
    case 1: return p[0];
    case 2: return (uint32_t)(p[0] & 31) << 6 | (p[1] & 63);
    case 3: return (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
    case 4:
        return (uint32_t)(p[0] & 7) << 18 | (uint32_t)(p[1] & 63) << 12 |
               (uint32_t)(p[2] & 63) << 6 | (p[3] & 63);
    default: return 0xFFFD;
    }
}

/* General punctuation, arrows, CJK and full-width punctuation, × and ÷ end a word. */
static bool other_letter(uint32_t c) {
    return c >= 0x80 && c != 0xA0 && c != 0xAB && c != 0xBB && c != 0xB7 && c != 0xD7 &&
           c != 0xF7 && c != 0xB2 && c != 0xB3 && !(c >= 0x2000 && c <= 0x2BFF) &&
           !(c >= 0x3000 && c <= 0x301F) && !(c >= 0xFF00 && c <= 0xFF0F) &&
           !(c >= 0xFF1A && c <= 0xFF20) && c != 0xFFFD;
}

bool words_split(struct words *out, str raw, struct arena *a) {
    *out = (struct words){ .raw = raw };
    char *lower = arena_alloc(a, raw.n + 1);
    size_t cap = raw.n / 2 + 1 < WORDS_MAX ? raw.n / 2 + 1 : WORDS_MAX;
    out->w = arena_alloc(a, cap * sizeof *out->w);
    if (!lower || !out->w) return false;
    for (size_t i = 0; i < raw.n; i++) lower[i] = ascii_lower(raw.p[i]);
    for (size_t i = 0; i < raw.n && out->n < cap;) {
        size_t start = i;
        if (ascii_alnum(raw.p[i])) {
            while (i < raw.n && ascii_alnum(raw.p[i])) i++;
        } else {
            while (i < raw.n && other_letter(code_point(str_skip(raw, i))))
                i += character(str_skip(raw, i));
        }
        if (i == start) {
            i += character(str_skip(raw, i));
            continue;
        }
        out->w[out->n++] = (struct word){ { lower + start, i - start }, start, i };
    }
    return true;
}

static bool is_ascii(str s) {
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] >= 0x80) return false;
    return true;
}

static bool word_fits(str word, str alternative) {
    if (str_ends(alternative, S("*")))
        return str_starts(word, str_head(alternative, alternative.n - 1));
    return str_eq(word, alternative);
}

static bool group_fits(const struct words *w, str group) {
    for (str one, rest = group; rest.n;) {
        str_cut(rest, '|', &one, &rest);
        if (!is_ascii(one)) {
            if (str_has(w->raw, one)) return true;
            continue;
        }
        for (size_t i = 0; i < w->n; i++)
            if (word_fits(w->w[i].text, one)) return true;
    }
    return false;
}

unsigned words_match(const struct words *w, const char *pattern) {
    unsigned groups = 0;
    for (str one, rest = str_c(pattern); rest.n; groups++) {
        str_cut(rest, ' ', &one, &rest);
        if (!group_fits(w, one)) return 0;
    }
    return groups;
}

bool words_any(const struct words *w, const char *alternatives) {
    return group_fits(w, str_c(alternatives));
}

static bool word_fits_group(str word, str group) {
    for (str one, rest = group; rest.n;) {
        str_cut(rest, '|', &one, &rest);
        if (word_fits(word, one)) return true;
    }
    return false;
}

bool words_phrase_at(const struct words *w, const char *phrase, size_t at, size_t *count) {
    size_t k = 0;
    for (str one, rest = str_c(phrase); rest.n; k++) {
        str_cut(rest, ' ', &one, &rest);
        if (at + k >= w->n || !word_fits_group(w->w[at + k].text, one)) return false;
    }
    if (count) *count = k;
    return true;
}

ptrdiff_t words_phrase(const struct words *w, const char *phrase, size_t from, size_t *count) {
    for (size_t i = from; i < w->n; i++)
        if (words_phrase_at(w, phrase, i, count)) return (ptrdiff_t)i;
    return -1;
}

bool word_is_common(str word) {
    static const char list[] =
        " a about all also am an and any are as at be been being but by call called can could "
        "current currently did do does each for from get gets give given has have he her here him "
        "his how i if in into is it its just let like make may me more most must my need no not "
        "now of on one only or other our out over please return returned returns s shall she "
        "should so some such t than that the their them then there these they this those to tool "
        "tools up us use used user uses using very was way we were what when where which who will "
        "with would you your ";
    if (word.n == 0 || word.n > 12) return word.n == 0;
    char padded[16] = " ";
    memcpy(padded + 1, word.p, word.n);
    memcpy(padded + 1 + word.n, " ", 2);
    return strstr(list, padded) != NULL;
}

static bool is_ending(str tail) {
    static const char *const endings[] = { "",     "s",  "es", "d",    "ed",   "e",    "er",
                                           "ers",  "or", "y",  "ies",  "ing",  "ings", "ion",
                                           "ions", "al", "ly", "ment", "ation" };
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (str_eq(tail, str_c(endings[i]))) return true;
    return false;
}

bool word_alike(str a, str b) {
    if (str_eq(a, b)) return true;
    size_t least = a.n < b.n ? a.n : b.n, common = 0;
    while (common < least && a.p[common] == b.p[common]) common++;
    size_t rest_a = a.n - common, rest_b = b.n - common;
    if (!is_ascii(a) || !is_ascii(b)) /* a Hangul stem of two syllables and a particle */
        return common >= 6 && common == least && rest_a + rest_b <= 6;
    return common >= 3 && is_ending(str_skip(a, common)) && is_ending(str_skip(b, common));
}

bool text_is_korean(str text) {
    size_t hangul = 0, letters = 0;
    if (text.n > 4096) text = text_cut(text, 4096);
    while (text.n) {
        uint32_t c = code_point(text);
        bool syllable = (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0x3131 && c <= 0x318E);
        hangul += syllable;
        letters += syllable || other_letter(c) || (c < 0x80 && c >= 'A' && ascii_alnum((char)c));
        text = str_skip(text, character(text));
    }
    return hangul > 0 && hangul * 4 >= letters;
}

size_t text_token(str s) {
    size_t i = 0;
    while (i < s.n && ascii_space(s.p[i])) i++;
    if (i == s.n) return s.n;
    if (!ascii_alnum(s.p[i])) return i + character(str_skip(s, i));
    size_t start = i;
    while (i < s.n && i - start < 6 && ascii_alnum(s.p[i])) i++;
    return i;
}

int64_t text_tokens(str s) {
    int64_t n = 0;
    for (size_t step; (step = text_token(s)); n++) s = str_skip(s, step);
    return n;
}

size_t text_piece(str s) {
    size_t i = 0;
    while (i < s.n && i < 64 && ascii_space(s.p[i])) i++;
    while (i < s.n && i < 64 && !ascii_space(s.p[i])) {
        size_t n = character(str_skip(s, i));
        if (i && i + n > 64) break;
        i += n;
    }
    return i;
}

str text_unquote(str s) {
    static const struct {
        const char *open, *close;
    } pairs[] = { { "\"", "\"" }, { "'", "'" },   { "`", "`" }, { "“", "”" },
                  { "‘", "’" },   { "「", "」" }, { "«", "»" } };
    s = str_trim(s);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        str open = str_c(pairs[i].open), close = str_c(pairs[i].close);
        if (s.n >= open.n + close.n && str_starts(s, open) && str_ends(s, close))
            return (str){ s.p + open.n, s.n - open.n - close.n };
    }
    return s;
}

str text_bare(str s) {
    s = str_trim(s);
    while (s.n && strchr(".!?,;:", s.p[s.n - 1])) s = str_trim(str_head(s, s.n - 1));
    return s;
}

str text_cut(str s, size_t bytes) {
    if (s.n <= bytes) return s;
    while (bytes && ((unsigned char)s.p[bytes] & 0xC0) == 0x80) bytes--;
    return str_head(s, bytes);
}
