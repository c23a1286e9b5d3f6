#include "engines/scene/noise.h"

#include <math.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

/* How loud each source is, 0 to 1. */
struct mix {
    double waves, wind, rain, birds, crickets, hum, tones, bubbles;
};

static struct mix mix_of(const struct plan *p) {
    struct mix m = { .wind = 0.10, .tones = 0.16 };
    bool night = p->hour == HOUR_NIGHT;
    switch (p->place) {
    case PLACE_SEA: m.waves = 0.5; break;
    case PLACE_BEACH:
        m.waves = 0.6;
        m.birds = night ? 0 : 0.12;
        break;
    case PLACE_UNDERWATER:
        m.bubbles = 0.5;
        m.hum = 0.3;
        m.wind = 0;
        break;
    case PLACE_SPACE:
    case PLACE_MOON:
        m.wind = 0;
        m.hum = 0.25;
        m.tones = 0.4;
        break;
    case PLACE_CITY: m.hum = 0.3; break;
    case PLACE_DESERT: m.wind = 0.4; break;
    case PLACE_LAND:
    case PLACE_FOREST:
        m.birds = night ? 0 : 0.35;
        m.crickets = night ? 0.25 : 0;
        m.wind = 0.16;
        break;
    case PLACE_SKY: m.wind = 0.4; break;
    default: m.tones = 0.35; break;
    }
    if (p->weather & (WEATHER_WIND | WEATHER_STORM)) m.wind = 0.6;
    if (p->weather & WEATHER_RAIN) {
        m.rain = 0.4;
        m.birds = 0;
    }
    if (p->season == SEASON_WINTER) m.birds = 0;
    return m;
}

struct filter { /* one pole, low-pass */
    double state;
};

static double low(struct filter *f, double v, double hertz) {
    double k = 1 - exp(-2 * PI * hertz / NOISE_RATE);
    return f->state += k * (v - f->state);
}

/* A slow value between 0 and 1 with its own period. */
static double swell(double t, double period, double phase) {
    return 0.5 + 0.5 * sin(2 * PI * (t / period + phase));
}

/* One bird's call: a few falling whistles, now and then. */
static double chirp(double t, double every, double pitch, double phase) {
    double at = fmod(t + phase, every), note = fmod(at, 0.16), n = floor(at / 0.16);
    if (n >= 3 || note > 0.1) return 0;
    double sweep = pitch * (1 + 0.22 * sin(PI * note / 0.1) + 0.08 * n);
    return sin(2 * PI * sweep * note) * sin(PI * note / 0.1);
}

static double cricket(double t, double phase) {
    double at = fmod(t + phase, 0.9);
    if (at > 0.36) return 0;
    return sin(2 * PI * 4300 * t) * (sin(2 * PI * 26 * t) > 0 ? 1 : 0) * sin(PI * at / 0.36);
}

/* Notes of a pentatonic scale, each dying away over the next. */
static double tone(double t, uint64_t seed) {
    static const double scale[] = { 261.6, 293.7, 329.6, 392.0, 440.0, 523.3 };
    double beat = 0.8, sum = 0;
    for (int back = 0; back < 3; back++) {
        double index = floor(t / beat) - back, age = t - index * beat;
        if (index < 0) break;
        uint64_t dice = seed + (uint64_t)index * 7919;
        double hertz = scale[chance_next(&dice) % 6],
               loud = chance(&dice) < 0.75 ? exp(-age * 2.2) : 0;
        double attack = age < 0.02 ? age / 0.02 : 1;
        sum += (sin(2 * PI * hertz * age) + 0.3 * sin(4 * PI * hertz * age)) * loud * attack;
    }
    return sum * 0.5;
}

static double bubble(double t, double every, double phase) {
    double at = fmod(t + phase, every);
    if (at > 0.09) return 0;
    return sin(2 * PI * (420 + 5200 * at) * at) * sin(PI * at / 0.09);
}

bool noise_of(const struct plan *plan, double seconds, uint64_t seed, struct sound *out) {
    struct mix m = mix_of(plan);
    struct filter wash = { 0 }, gust = { 0 }, drops = { 0 }, rumble = { 0 };
    uint64_t dice = seed ^ 0x5eed;
    size_t count = (size_t)llround(seconds * NOISE_RATE);
    *out = (struct sound){ .rate = NOISE_RATE,
                           .count = count,
                           .samples = calloc(count + 1, sizeof *out->samples) };
    if (!out->samples) return false;
    for (size_t i = 0; i < count; i++) {
        double t = (double)i / NOISE_RATE, white = chance(&dice) * 2 - 1, v = 0;
        double wave = pow(swell(t, 5.2, 0.7), 2) + 0.5 * pow(swell(t, 3.7, 0.2), 3);
        if (m.waves > 0) v += m.waves * 1.6 * low(&wash, white, 500 + 900 * wave) * (0.25 + wave);
        if (m.wind > 0)
            v += m.wind * 3.0 * low(&gust, white, 220 + 260 * swell(t, 4.1, 0.1)) *
                 (0.4 + swell(t, 6.3, 0.5));
        if (m.rain > 0) v += m.rain * 0.6 * (white - low(&drops, white, 1800));
        if (m.hum > 0) v += m.hum * (4 * low(&rumble, white, 60) + 0.12 * sin(2 * PI * 55 * t));
        if (m.birds > 0)
            v += m.birds * 0.5 *
                 (chirp(t, 2.3, 2900, 0.9) + 0.7 * chirp(t, 3.1, 3700, 2.2) +
                  0.5 * chirp(t, 4.7, 2300, 0));
        if (m.crickets > 0) v += m.crickets * 0.3 * (cricket(t, 0) + 0.6 * cricket(t, 0.47));
        if (m.bubbles > 0)
            v += m.bubbles * 0.5 *
                 (bubble(t, 0.83, 0.1) + 0.7 * bubble(t, 1.31, 0.6) + 0.5 * bubble(t, 0.57, 0.3));
        if (m.tones > 0) v += m.tones * tone(t, seed);
        double edge = fmin(t, seconds - t) / 0.25;
        v *= edge < 1 ? edge : 1;
        out->samples[i] = (int16_t)lrint(tanh(v) * 24000);
    }
    return true;
}
