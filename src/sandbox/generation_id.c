#include "sandbox/generation_id.h"

#include "base/clock.h"

#include <stdio.h>
#include <uv.h>

enum { LETTERS = 20 };

void random_letters(char *out, size_t n) {
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    unsigned char random[64];
    if (n > sizeof random) n = sizeof random;
    if (uv_random(NULL, NULL, random, n, 0, NULL) != 0)
        for (size_t i = 0; i < n; i++)
            random[i] = (unsigned char)((uint64_t)clock_ms() * (i + 1) >> (i % 8));
    for (size_t i = 0; i < n; i++) out[i] = letters[random[i] % (sizeof letters - 1)];
    out[n] = '\0';
}

void generation_id(char *out, size_t cap, int64_t seconds) {
    char letters[LETTERS + 1];
    random_letters(letters, LETTERS);
    snprintf(out, cap, "gen-%lld-%s", (long long)seconds, letters);
}
