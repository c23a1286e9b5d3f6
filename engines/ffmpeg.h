/* ffmpeg as a child, with what every call of it has in common: quiet, no questions, one thread. */
#ifndef CHELA_ENGINES_FFMPEG_H
#define CHELA_ENGINES_FFMPEG_H

#include "base/child.h"

enum { FFMPEG_WORDS = 56 };

/* words: its arguments, NULL at the end, at most FFMPEG_WORDS. c: all of a child but argv. Where
 * ffmpeg is not installed the message is "<without> (Debian's package ffmpeg)": what needs it, and
 * what does not. */
enum chela_error ffmpeg_run(const char *const *words, struct child *c, const char *without,
                            struct err *e);

#endif
