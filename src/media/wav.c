#include "media/wav.h"

#include <string.h>

static void little(char *at, uint32_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) at[i] = (char)(value >> (8 * i) & 255);
}

void wav_head(char head[WAV_HEAD], uint32_t bytes) {
    enum { CHANNELS = 1, BITS = 16 };
    memcpy(head, "RIFF....WAVEfmt ", 16);
    little(head + 4, bytes + WAV_HEAD - 8, 4);
    little(head + 16, 16, 4); /* of the format that follows */
    little(head + 20, 1, 2);  /* PCM */
    little(head + 22, CHANNELS, 2);
    little(head + 24, WAV_RATE, 4);
    little(head + 28, WAV_RATE * CHANNELS * BITS / 8, 4);
    little(head + 32, CHANNELS * BITS / 8, 2);
    little(head + 34, BITS, 2);
    memcpy(head + 36, "data", 4);
    little(head + 40, bytes, 4);
}
