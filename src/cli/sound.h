/* The sounds of a turn: spoken replies, and what the tts tool made. Played one after the other, in
 * a thread, so that a person types on meanwhile. */
#ifndef CHELA_CLI_SOUND_H
#define CHELA_CLI_SOUND_H

#include "chela.h"
#include "cli/cli.h"

#include <pthread.h>
#include <stdatomic.h>

enum { SOUND_MOST = 64 };

struct sound {          /* zero-initialise */
    const char *search; /* PATH */
    char *file[SOUND_MOST];
    size_t count;
    pthread_t thread;
    bool started;
    atomic_bool cancel, over;
    struct err failure; /* of the file that could not be played, once it is over */
};

/* Whether the turn that lib ran last has made sounds; they are kept in *s, which plays nothing. */
bool sound_take(struct sound *s, struct chela *lib, env_list env);
/* CHELA_UNAVAILABLE: nothing here plays them. */
enum chela_error sound_start(struct sound *s, struct err *e);
bool sound_plays(const struct sound *s);
/* Ends it, if it plays, waits for the player's end, and forgets the files. The failure to play, if
 * there was one and nobody ended it. */
enum chela_error sound_stop(struct sound *s, struct err *e);

#endif
