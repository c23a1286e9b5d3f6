/* A key as people paste it. No key of any service has quotes, blanks or characters beyond ASCII in
 * it, so what has is dressed up: a line of a shell script, a header, text copied off a web page
 * with invisible characters, or a terminal's marks around what was pasted. What is left over after
 * that and still cannot be a key is refused where it is used, not mended further. */
#include "config/auth_store.h"

#include <string.h>

/* Removes every `what`. Returns the new length. */
static size_t without(char *text, size_t n, str what) {
    size_t kept = 0;
    for (size_t i = 0; i < n;) {
        if (str_starts((str){ text + i, n - i }, what))
            i += what.n;
        else
            text[kept++] = text[i++];
    }
    return kept;
}

/* Removes line breaks, no-break spaces and all that lies beyond Latin-1, as OpenClaw does. */
static size_t without_strangers(char *text, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        bool beyond = c >= 0xc4; /* U+0100 and up begin with these in UTF-8 */
        if (beyond || (c == 0xc2 && i + 1 < n && (unsigned char)text[i + 1] == 0xa0)) {
            while (i + 1 < n && ((unsigned char)text[i + 1] & 0xc0) == 0x80) i++;
            continue;
        }
        if (c != '\r' && c != '\n') text[kept++] = (char)c;
    }
    return kept;
}

/* export NAME=value and NAME=value: capitals only, since a token may end in '='. */
static str without_assignment(str s) {
    bool export = str_starts(s, S("export "));
    str rest = export ? str_trim(str_skip(s, 7)) : s;
    size_t n = 0;
    while (n < rest.n) {
        char c = rest.p[n];
        bool capital = (c >= 'A' && c <= 'Z') || c == '_' || (n && c >= '0' && c <= '9');
        bool small = export && c >= 'a' && c <= 'z';
        if (!capital && !small) break;
        n++;
    }
    str after = str_trim(str_skip(rest, n));
    if (!n || !str_starts(after, S("="))) return s;
    after = str_trim(str_skip(after, 1));
    return after.n ? after : s;
}

static str without_quotes(str s) {
    static const char quotes[] = "\"'`";
    bool quoted = s.n >= 2 && s.p[0] == s.p[s.n - 1] && strchr(quotes, s.p[0]) && s.p[0];
    return quoted ? str_trim((str){ s.p + 1, s.n - 2 }) : s;
}

str auth_clean_key(char *text, size_t n) {
    n = without(text, n, S("\033[200~"));
    n = without(text, n, S("\033[201~"));
    n = without_strangers(text, n);
    str s = without_assignment(str_trim((str){ text, n }));
    for (size_t before = s.n + 1; s.n < before;) {
        before = s.n;
        while (str_ends(s, S(";"))) s = str_trim(str_head(s, s.n - 1));
        s = without_quotes(s);
        if (str_istarts(s, S("authorization:"))) s = str_trim(str_skip(s, 14));
        if (str_istarts(s, S("bearer "))) s = str_trim(str_skip(s, 7));
    }
    return s;
}
