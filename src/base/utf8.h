/* UTF-8 as the Unicode standard has it: shortest forms only, no surrogates, at most U+10FFFF. */
#ifndef CHELA_BASE_UTF8_H
#define CHELA_BASE_UTF8_H

#include "base/str.h"

/* Length of the valid sequence at the start of s (1 to 4), 0 when s is empty or starts badly. */
size_t utf8_step(str s);
bool utf8_valid(str s);
size_t utf8_length(str s);      /* characters */
str utf8_head(str s, size_t n); /* the first n characters */
/* How many bytes at the end of s are the start of a sequence that could still become whole (0-3):
 * what a stream holds back so that no piece ends inside a character. */
size_t utf8_partial_tail(str s);
/* Writes code point c (1 to 4 bytes) at dst; returns the length, 0 when c is no character. */
size_t utf8_put(char *dst, uint32_t c);

#endif
