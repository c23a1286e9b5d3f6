#include "term/safe.h"

#include "base/utf8.h"
#include "term/width.h"

static const str replacement = STR_INIT("\xEF\xBF\xBD");

enum { BLACK_FLAG = 0x1F3F4, TAG_FIRST = 0xE0000, TAG_LAST = 0xE007F };

static bool reorders(uint32_t c) { /* embeddings, overrides, isolates */
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_invisible(uint32_t c) { /* fillers that have no use in an answer */
    return c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0x2061 && c <= 0x2064) ||
           (c >= 0x206A && c <= 0x206F);
}

/* What stands for c, or the empty string when c may stay. */
static str instead(uint32_t c, bool one_line, bool in_flag, char picture[4]) {
    if (c == '\n' || c == '\t') return one_line ? S(" ") : S("");
    if (c < 0x20 || c == 0x7F)
        return (str){ picture, utf8_put(picture, c == 0x7F ? 0x2421 : 0x2400 + c) };
    if (c == 0x2028 || c == 0x2029) return one_line ? S(" ") : S("\n");
    bool tag = c >= TAG_FIRST && c <= TAG_LAST && !in_flag;
    bool bad = (c >= 0x80 && c < 0xA0) || reorders(c) || is_invisible(c) || tag;
    return bad ? replacement : S("");
}

static void make_safe(struct buf *out, str s, bool one_line) {
    size_t kept = 0; /* bytes before this offset have been written */
    bool in_flag = false;
    for (size_t i = 0; i < s.n;) {
        char picture[4];
        size_t n;
        uint32_t c = width_code(str_skip(s, i), &n);
        bool broken = n == 1 && (unsigned char)s.p[i] >= 0x80;
        str other = broken ? replacement : instead(c, one_line, in_flag, picture);
        in_flag = c == BLACK_FLAG || (in_flag && c >= TAG_FIRST && c <= TAG_LAST);
        if (other.n) {
            buf_add(out, str_head(str_skip(s, kept), i - kept));
            buf_add(out, other);
            kept = i + n;
        }
        i += n;
    }
    buf_add(out, str_skip(s, kept));
}

void safe_text(struct buf *out, str s) {
    make_safe(out, s, false);
}

void safe_line(struct buf *out, str s) {
    make_safe(out, s, true);
}
