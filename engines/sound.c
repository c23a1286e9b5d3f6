#include "engines/sound.h"

#include "engines/ffmpeg.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT_MS = 120 * 1000, TAPS = 16 /* zero crossings on each side */ };

void sound_free(struct sound *s) {
    free(s->samples);
    *s = (struct sound){ 0 };
}

/* ---- other rates ---- */

static int16_t clip(double v) {
    return (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : lrint(v));
}

/* A sinc under a Hann window. Downwards it is made wider, so that what the new rate cannot carry is
 * gone before. */
static double tap(double x, double cut) {
    const double pi = 3.14159265358979323846;
    double y = x * cut, window = 0.5 + 0.5 * cos(pi * y / TAPS);
    if (fabs(y) >= TAPS) return 0;
    return (fabs(y) < 1e-9 ? 1 : sin(pi * y) / (pi * y)) * window * cut;
}

bool sound_resample(const struct sound *in, unsigned rate, struct sound *out) {
    size_t count = in->rate ? (size_t)((uint64_t)in->count * rate / in->rate) : 0;
    double step = (double)in->rate / rate, cut = step > 1 ? 1 / step : 1;
    *out = (struct sound){ .rate = rate, .samples = calloc(count + 1, sizeof *out->samples) };
    if (!out->samples) return false;
    out->count = count;
    for (size_t i = 0; i < count; i++) {
        double at = (double)i * step, reach = TAPS / cut, sum = 0;
        ptrdiff_t from = (ptrdiff_t)ceil(at - reach), to = (ptrdiff_t)floor(at + reach);
        if (from < 0) from = 0;
        if (to >= (ptrdiff_t)in->count) to = (ptrdiff_t)in->count - 1;
        for (ptrdiff_t k = from; k <= to; k++) sum += in->samples[k] * tap(at - (double)k, cut);
        out->samples[i] = clip(sum);
    }
    return true;
}

/* ---- WAV ---- */

static void put(struct buf *out, uint32_t v, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) buf_addc(out, (char)(v >> (8 * i) & 0xFF));
}

bool sound_wav(const struct sound *s, struct buf *out) {
    uint32_t bytes = (uint32_t)(s->count * 2);
    buf_add(out, S("RIFF"));
    put(out, 36 + bytes, 4);
    buf_add(out, S("WAVEfmt "));
    put(out, 16, 4);
    put(out, 1, 2); /* PCM */
    put(out, 1, 2); /* mono */
    put(out, s->rate, 4);
    put(out, s->rate * 2, 4);
    put(out, 2, 2);
    put(out, 16, 2);
    buf_add(out, S("data"));
    put(out, bytes, 4);
    buf_add(out, (str){ (const char *)s->samples, bytes });
    return !out->failed;
}

static uint32_t get(str s, size_t at, unsigned bytes) {
    uint32_t v = 0;
    for (unsigned i = bytes; i > 0; i--) v = v << 8 | (unsigned char)s.p[at + i - 1];
    return v;
}

struct wav_form {
    uint32_t code, channels, rate, bits;
};

static double wav_value(const struct wav_form *f, str data, size_t at) {
    uint32_t v = get(data, at, f->bits / 8);
    switch (f->bits) {
    case 8: return ((double)v - 128) * 256;
    case 16: return (int16_t)v;
    case 24: return (double)(int32_t)(v << 8) / 65536;
    default: break;
    }
    if (f->code != 3) return (double)(int32_t)v / 65536;
    float real;
    memcpy(&real, &v, sizeof real);
    return isfinite(real) ? (double)real * 32767 : 0;
}

static bool wav_samples(const struct wav_form *f, str data, struct sound *out) {
    size_t frame = (size_t)f->channels * f->bits / 8;
    size_t count = data.n / frame;
    out->samples = calloc(count + 1, sizeof *out->samples);
    if (!out->samples) return false;
    out->count = count;
    out->rate = f->rate;
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (size_t c = 0; c < f->channels; c++)
            sum += wav_value(f, data, i * frame + c * (f->bits / 8));
        out->samples[i] = clip(sum / f->channels);
    }
    return true;
}

bool sound_read_wav(str file, struct sound *out) {
    struct wav_form f = { 0 };
    *out = (struct sound){ 0 };
    if (file.n < 12 || !str_starts(file, S("RIFF")) || !str_starts(str_skip(file, 8), S("WAVE")))
        return false;
    for (size_t at = 12; at + 8 <= file.n;) {
        str kind = str_head(str_skip(file, at), 4);
        size_t size = get(file, at + 4, 4);
        str data = str_head(str_skip(file, at + 8), size);
        if (str_eq(kind, S("fmt ")) && data.n >= 16) {
            f.code = get(data, 0, 2);
            if (f.code == 0xFFFE && data.n >= 26) f.code = get(data, 24, 2); /* extensible */
            f.channels = get(data, 2, 2);
            f.rate = get(data, 4, 4);
            f.bits = get(data, 14, 2);
        }
        bool known =
            (f.code == 1 && (f.bits == 8 || f.bits == 16 || f.bits == 24 || f.bits == 32)) ||
            (f.code == 3 && f.bits == 32);
        bool sane = f.channels >= 1 && f.channels <= 16 && f.rate >= 4000 && f.rate <= 384000;
        if (str_eq(kind, S("data"))) return known && sane && wav_samples(&f, data, out);
        at += 8 + size + (size & 1);
    }
    return false;
}

/* ---- files ---- */

static const struct sound_format formats[] = {
    { "mp3", "audio/mpeg", 24000, { "-codec:a", "libmp3lame", "-b:a", "64k", "-f", "mp3" } },
    { "opus", "audio/ogg", 24000, { "-codec:a", "libopus", "-b:a", "32k", "-f", "ogg" } },
    { "aac", "audio/aac", 24000, { "-codec:a", "aac", "-b:a", "64k", "-f", "adts" } },
    { "flac", "audio/flac", 24000, { "-codec:a", "flac", "-f", "flac" } },
    { "wav", "audio/wav", 24000, { NULL } },
    { "pcm", "audio/pcm", 24000, { NULL } },
};

const struct sound_format *sound_format(str name) {
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (str_ieq(name, str_c(formats[i].name))) return &formats[i];
    return NULL;
}

bool sound_format_names(struct buf *out) {
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        buf_addf(out, "%s%s", i ? ", " : "", formats[i].name);
    return !out->failed;
}

static enum chela_error encode_by_ffmpeg(str wav, const struct sound_format *f, struct buf *out,
                                         const atomic_bool *cancel, struct err *e) {
    const char *words[FFMPEG_WORDS] = { "-f", "wav",      "-i", "pipe:0", "-map_metadata",
                                        "-1", "-threads", "1" };
    char without[160];
    size_t n = 8;
    for (size_t i = 0; i < 8 && f->ffmpeg[i]; i++) words[n++] = f->ffmpeg[i];
    words[n] = "pipe:1";
    struct child child = { .input = wav, .out = out, .limit_ms = LIMIT_MS, .cancel = cancel };
    snprintf(without, sizeof without,
             "%s needs ffmpeg, which is not installed here; wav and pcm go without", f->name);
    return ffmpeg_run(words, &child, without, e);
}

enum chela_error sound_encode(const struct sound *s, const struct sound_format *f, struct buf *out,
                              const atomic_bool *cancel, struct err *e) {
    struct sound other = { 0 };
    if (f->rate && f->rate != s->rate) {
        if (!sound_resample(s, f->rate, &other)) return err_set(e, CHELA_NOMEM, "out of memory");
        s = &other;
    }
    enum chela_error rc = CHELA_OK;
    if (str_eq(str_c(f->name), S("pcm"))) {
        buf_add(out, (str){ (const char *)s->samples, s->count * 2 });
    } else if (!f->ffmpeg[0]) {
        sound_wav(s, out);
    } else {
        struct buf wav = BUF_INIT(out->max);
        sound_wav(s, &wav);
        rc = wav.failed ? err_set(e, CHELA_LIMIT, "the sound is too long")
                        : encode_by_ffmpeg(buf_str(&wav), f, out, cancel, e);
        buf_free(&wav);
    }
    sound_free(&other);
    return rc;
}

/* Containers keep their index at their end, so ffmpeg must be able to seek: a file, not a pipe. It
 * may open no other file and no address (a play list would ask it to). */
static enum chela_error decode_by_ffmpeg(str file, unsigned rate, double most_seconds,
                                         struct sound *out, const atomic_bool *cancel,
                                         struct err *e) {
    char path[64], rate_text[16], seconds[32];
    const char *tmp = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/chela-sound-XXXXXX", tmp && str_c(tmp).n < 40 ? tmp : "/tmp");
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) return err_set(e, CHELA_IO, "no temporary file for the sound");
    bool written = true;
    for (str rest = file; rest.n && written;) {
        ssize_t n = write(fd, rest.p, rest.n);
        written = n > 0;
        if (written) rest = str_skip(rest, (size_t)n);
    }
    close(fd);
    snprintf(rate_text, sizeof rate_text, "%u", rate);
    snprintf(seconds, sizeof seconds, "%.3f", most_seconds);
    const char *const words[] = { "-protocol_whitelist",
                                  "file",
                                  "-format_whitelist",
                                  "wav,mp3,flac,ogg,mov,mp4,m4a,matroska,webm,aac,amr,aiff,caf,au",
                                  "-threads",
                                  "1",
                                  "-i",
                                  path,
                                  "-t",
                                  seconds,
                                  "-vn",
                                  "-ac",
                                  "1",
                                  "-ar",
                                  rate_text,
                                  "-f",
                                  "s16le",
                                  "pipe:1",
                                  NULL };
    struct buf pcm = BUF_INIT((size_t)(most_seconds * rate * 2) + 65536);
    struct child child = { .out = &pcm, .limit_ms = LIMIT_MS, .cancel = cancel };
    enum chela_error rc =
        written ? ffmpeg_run(words, &child,
                             "only WAV can be read here: for the rest ffmpeg is needed", e)
                : err_set(e, CHELA_IO, "no room for a temporary file");
    unlink(path);
    if (rc == CHELA_OK && pcm.n < 2) rc = err_set(e, CHELA_INPUT, "there is no sound in it");
    if (rc == CHELA_OK) {
        out->count = pcm.n / 2;
        out->rate = rate;
        out->samples = (int16_t *)(void *)buf_detach(&pcm);
    }
    buf_free(&pcm);
    return rc;
}

enum chela_error sound_decode(str file, unsigned rate, double most_seconds, struct sound *out,
                              const atomic_bool *cancel, struct err *e) {
    struct sound read = { 0 };
    *out = (struct sound){ 0 };
    if (!sound_read_wav(file, &read))
        return decode_by_ffmpeg(file, rate, most_seconds, out, cancel, e);
    size_t most = (size_t)(most_seconds * read.rate);
    if (read.count > most) read.count = most;
    bool good = sound_resample(&read, rate, out);
    sound_free(&read);
    return good ? CHELA_OK : err_set(e, CHELA_NOMEM, "out of memory");
}
