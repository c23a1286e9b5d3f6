/* The head that makes raw PCM a WAV file. */
#ifndef CHELA_MEDIA_WAV_H
#define CHELA_MEDIA_WAV_H

#include "base/str.h"

enum { WAV_HEAD = 44, WAV_RATE = 24000 };

/* For `bytes` of 16-bit little-endian mono samples at WAV_RATE that follow it. */
void wav_head(char head[WAV_HEAD], uint32_t bytes);

#endif
