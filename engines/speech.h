/* Between speech.c (which voice, which engine, which format) and speech_flite.c. */
#ifndef CHELA_ENGINES_SPEECH_H
#define CHELA_ENGINES_SPEECH_H

#include "base/err.h"
#include "engines/sound.h"

/* Voices: slt, rms, awb, kal16, kal. speed: 1 is ordinary. */
enum chela_error flite_speak(str text, const char *voice, double speed, struct sound *out,
                             const atomic_bool *cancel, struct err *e);

#endif
