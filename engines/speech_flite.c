/* flite's voices, linked in. The library keeps state in its voices, so one text is spoken at a
 * time; it takes plain ASCII, and a long text sentence by sentence, or its memory would grow with
 * the square of it. */
#include "engines/speech.h"

#include "base/utf8.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <flite/flite.h>

enum { SENTENCE_MOST = 400, PAUSE_MS = 120, SAMPLES_MOST = 60 * 60 * 16000 };

cst_voice *register_cmu_us_slt(const char *folder);
cst_voice *register_cmu_us_rms(const char *folder);
cst_voice *register_cmu_us_awb(const char *folder);
cst_voice *register_cmu_us_kal16(const char *folder);
cst_voice *register_cmu_us_kal(const char *folder);

static pthread_mutex_t speaking = PTHREAD_MUTEX_INITIALIZER;

static cst_voice *voice_named(const char *name) {
    static struct {
        const char *name;
        cst_voice *(*make)(const char *folder);
        cst_voice *voice;
    } voices[] = {
        { "slt", register_cmu_us_slt, NULL }, { "rms", register_cmu_us_rms, NULL },
        { "awb", register_cmu_us_awb, NULL }, { "kal16", register_cmu_us_kal16, NULL },
        { "kal", register_cmu_us_kal, NULL },
    };
    for (size_t i = 0; i < sizeof voices / sizeof voices[0]; i++) {
        if (strcmp(voices[i].name, name) != 0) continue;
        if (!voices[i].voice) voices[i].voice = voices[i].make(NULL);
        return voices[i].voice;
    }
    return NULL;
}

/* ---- the text ---- */

/* What an English voice can say of a character that is not ASCII. */
static const char *spelled(str character) {
    static const struct {
        const char *from, *to;
    } rows[] = {
        { "’", "'" },
        { "‘", "'" },
        { "“", "\"" },
        { "”", "\"" },
        { "–", "-" },
        { "—", ", " },
        { "…", "." },
        { "é", "e" },
        { "è", "e" },
        { "ê", "e" },
        { "ë", "e" },
        { "á", "a" },
        { "à", "a" },
        { "â", "a" },
        { "ä", "a" },
        { "å", "a" },
        { "ç", "c" },
        { "ñ", "n" },
        { "ó", "o" },
        { "ò", "o" },
        { "ô", "o" },
        { "ö", "o" },
        { "ø", "o" },
        { "í", "i" },
        { "ì", "i" },
        { "î", "i" },
        { "ï", "i" },
        { "ú", "u" },
        { "ù", "u" },
        { "û", "u" },
        { "ü", "u" },
        { "ß", "ss" },
        { "æ", "ae" },
        { "œ", "oe" },
        { "É", "E" },
        { "Ö", "O" },
        { "Ü", "U" },
        { "Ä", "A" },
        { "€", " euros " },
        { "£", " pounds " },
        { "°", " degrees " },
        { "×", " times " },
        { "÷", " divided by " },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (str_eq(character, str_c(rows[i].from))) return rows[i].to;
    return " ";
}

static void to_ascii(str text, struct buf *out) {
    while (text.n) {
        size_t n = utf8_step(text);
        char c = text.p[0];
        if (n > 1)
            buf_add(out, str_c(spelled(str_head(text, n))));
        else
            buf_addc(out, n == 1 && (c >= ' ' || c == '\n') && c != 0x7f ? c : ' ');
        text = str_skip(text, n ? n : 1);
    }
}

/* Length of the first sentence, or of what fits when it is longer: up to a comma, or a blank. */
static size_t sentence_length(str text) {
    size_t comma = 0, blank = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool before_blank = i + 1 == text.n || ascii_space(text.p[i + 1]);
        if (c == '\n' || ((c == '.' || c == '!' || c == '?') && before_blank)) return i + 1;
        if (c == ',' || c == ';' || c == ':') comma = i + 1;
        if (c == ' ') blank = i + 1;
        if (i + 1 == SENTENCE_MOST) return comma ? comma : blank ? blank : i + 1;
    }
    return text.n;
}

static bool has_letters(str s) {
    for (size_t i = 0; i < s.n; i++) {
        char c = ascii_lower(s.p[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return true;
    }
    return false;
}

/* ---- the sound ---- */

static enum chela_error append(struct sound *out, const cst_wave *w, struct err *e) {
    size_t pause = (size_t)w->sample_rate * PAUSE_MS / 1000;
    size_t count = out->count + (size_t)w->num_samples + pause;
    if (count > SAMPLES_MOST) return err_set(e, CHELA_LIMIT, "the text is too long to be spoken");
    int16_t *samples = realloc(out->samples, count * sizeof *samples);
    if (!samples) return err_set(e, CHELA_NOMEM, "out of memory");
    memcpy(samples + out->count, w->samples, (size_t)w->num_samples * sizeof *samples);
    memset(samples + out->count + w->num_samples, 0, pause * sizeof *samples);
    out->samples = samples;
    out->count = count;
    out->rate = (unsigned)w->sample_rate;
    return CHELA_OK;
}

static enum chela_error speak_sentence(cst_voice *voice, str sentence, struct sound *out,
                                       struct err *e) {
    char text[SENTENCE_MOST + 1];
    str_copy(text, sizeof text, sentence);
    cst_wave *w = flite_text_to_wave(text, voice);
    if (!w) return err_set(e, CHELA_NOMEM, "out of memory");
    enum chela_error rc = w->num_samples > 0 ? append(out, w, e) : CHELA_OK;
    delete_wave(w);
    return rc;
}

enum chela_error flite_speak(str text, const char *voice_name, double speed, struct sound *out,
                             const atomic_bool *cancel, struct err *e) {
    struct buf ascii = BUF_INIT(text.n * 12 + 64);
    enum chela_error rc = CHELA_OK;
    *out = (struct sound){ 0 };
    to_ascii(text, &ascii);
    pthread_mutex_lock(&speaking);
    flite_init();
    srand(1); /* its voices have breath, made with rand: the same text shall give the same bytes */
    cst_voice *voice = voice_named(voice_name);
    if (!voice) rc = err_set(e, CHELA_NOMEM, "the voice %s cannot be loaded", voice_name);
    if (voice) feat_set_float(voice->features, "duration_stretch", (float)(1 / speed));
    for (str rest = buf_str(&ascii); rest.n && rc == CHELA_OK;) {
        size_t n = sentence_length(rest);
        if (cancel && atomic_load(cancel)) rc = err_set(e, CHELA_CANCELLED, "cancelled");
        if (rc == CHELA_OK && has_letters(str_head(rest, n)))
            rc = speak_sentence(voice, str_head(rest, n), out, e);
        rest = str_skip(rest, n);
    }
    pthread_mutex_unlock(&speaking);
    if (rc == CHELA_OK && !out->count)
        rc = err_set(e, CHELA_INPUT, "there is nothing in the text that could be spoken");
    if (rc != CHELA_OK) sound_free(out);
    buf_free(&ascii);
    return rc;
}
