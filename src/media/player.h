/* The program that plays sound on this machine, if there is one. */
#ifndef CHELA_MEDIA_PLAYER_H
#define CHELA_MEDIA_PLAYER_H

#include "base/err.h"
#include "base/str.h"

#include <stdatomic.h>

/* search: PATH. The name of the first of pw-play, paplay, aplay, ffplay, mpv and afplay that PATH
 * has and that plays files of this type ("" any); NULL: none. */
const char *player_find(const char *search, str mime);
/* Plays the file to its end, or until *cancel. CHELA_UNAVAILABLE: there is no player; the hint says
 * which would do. */
enum chela_error player_play(const char *search, const char *path, str mime,
                             const atomic_bool *cancel, struct err *e);

#endif
