/* Text as the sandbox's rules see it: lower-case words with their places, word patterns, and the
 * token estimate that usage, max_tokens and streamed pieces share.
 *
 * Nothing here allocates except words_split, which takes an arena.
 */
#ifndef CHELA_SANDBOX_WORDS_H
#define CHELA_SANDBOX_WORDS_H

#include "base/arena.h"

enum { WORDS_MAX = 4096 }; /* of one text; what follows is not looked at */

struct word {
    str text;       /* ASCII in lower case */
    size_t at, end; /* place in words.raw */
};

struct words {
    str raw;
    struct word *w;
    size_t n;
};

/* A word is a run of ASCII letters and digits, or of other letters (Hangul, accents …); an
 * apostrophe ends it ("what's" is "what", "s"). False: the arena is full. */
bool words_split(struct words *out, str raw, struct arena *a);

/* pattern: groups separated by blanks, all of which must be there in any order; a group is
 * alternatives separated by '|'. An ASCII alternative is a whole word, or a beginning ("calc*");
 * any other is looked for in the raw text, because Korean glues particles to its words. Returns the
 * number of groups when all match, else 0. */
unsigned words_match(const struct words *w, const char *pattern);
bool words_any(const struct words *w, const char *alternatives); /* one group */
/* Whether the phrase (words separated by blanks, each may have alternatives) stands at word `at`,
 * its words one after the other; *count of them. */
bool words_phrase_at(const struct words *w, const char *phrase, size_t at, size_t *count);
/* Index of the first word of the phrase at or after `from`, or -1. */
ptrdiff_t words_phrase(const struct words *w, const char *phrase, size_t from, size_t *count);

/* "the", "of", "please" …: words that say nothing about the subject. */
bool word_is_common(str lower);
/* Alike up to a plural s and longer endings: "city" "cities", "translate" "translation". */
bool word_alike(str a, str b);
bool text_is_korean(str text); /* a quarter of its letters or more are Hangul */

/* The bytes of the next token of s, the blanks before it included; 0 at the end. A token is a
 * started 6 bytes of an ASCII word, one other ASCII character, or one other character. */
size_t text_token(str s);
int64_t text_tokens(str s);
/* The bytes of the next piece to stream: the blanks and the word after them, at most 64 bytes and
 * never less than a character. */
size_t text_piece(str s);

/* Parts of text, trimmed; both take and give slices of the same bytes. */
str text_unquote(str s);           /* without one pair of quotes around it, if there is one */
str text_bare(str s);              /* without blanks and closing punctuation . ! ? , ; : */
str text_cut(str s, size_t bytes); /* at most so many bytes, ending at a character */

#endif
