/* The sounds of a turn: spoken replies, and what the tts tool made. Played one after the other,
 * beside what a person does meanwhile. */
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

/* Whether an envelope (chela_envelope) lists sounds; their paths are kept in *s, which plays
 * nothing.
 */
bool sound_take(struct sound *s, const char *envelope, env_list env);
/* Whether something here plays what OpenRouter's models send. */
bool sound_may_play(env_list env);
/* Plays them here, until s->cancel. */
enum chela_error sound_play(struct sound *s);
/* The same in a thread. CHELA_UNAVAILABLE: nothing here plays them. */
enum chela_error sound_start(struct sound *s, struct err *e);
bool sound_plays(const struct sound *s);
/* Ends it, if it plays in a thread, and waits for the player's end; forgets the files. The failure
 * to play, if there was one and nobody ended it. */
enum chela_error sound_stop(struct sound *s, struct err *e);

#endif
