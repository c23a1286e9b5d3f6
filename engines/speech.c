/* local/flite-slt: English by flite; a text in another script, or one that asks for another
 * language, by espeak-ng (GPL, so a child process). */
#include "engines/speech.h"

#include "base/child.h"
#include "engines/work.h"

#include <stdio.h>
#include <string.h>

enum { TEXT_MOST = 64 << 10, LIMIT_MS = 120 * 1000, WAV_MOST = 256 << 20, WORDS_PER_MINUTE = 165 };

/* ---- which language ---- */

static const struct script {
    uint32_t from, to;
    const char *language;
} scripts[] = {
    { 0x1100, 0x11FF, "ko" }, { 0x3130, 0x318F, "ko" },  { 0xAC00, 0xD7AF, "ko" },
    { 0x3040, 0x30FF, "ja" }, { 0x4E00, 0x9FFF, "cmn" }, { 0x0400, 0x04FF, "ru" },
    { 0x0370, 0x03FF, "el" }, { 0x0600, 0x06FF, "ar" },  { 0x0590, 0x05FF, "he" },
    { 0x0900, 0x097F, "hi" }, { 0x0980, 0x09FF, "bn" },  { 0x0B80, 0x0BFF, "ta" },
    { 0x0E00, 0x0E7F, "th" }, { 0x10A0, 0x10FF, "ka" },  { 0x0530, 0x058F, "hy" },
};
enum { SCRIPTS = sizeof scripts / sizeof scripts[0] };

static uint32_t code_point(str s, size_t *length) {
    unsigned char c = (unsigned char)s.p[0];
    size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    uint32_t v = n == 1 ? c : c & (0xFFu >> (n + 1));
    if (n > s.n) n = s.n;
    for (size_t i = 1; i < n; i++) v = v << 6 | ((unsigned char)s.p[i] & 0x3F);
    *length = n;
    return v;
}

/* Languages in Latin letters, by the words that every text in them has. */
static const char *latin_language(str text) {
    static const struct {
        const char *language, *words;
    } rows[] = {
        { "en", " the and is of to in you that it for are with this what hello " },
        { "de", " der die das und ist nicht ein eine ich sie wir mit auf zu guten hallo " },
        { "fr", " le la les et est une des je vous nous pas que pour dans bonjour c'est " },
        { "es", " el los las es una que por con para como hola está muy buenos " },
        { "it", " il gli è che per con una sono non ciao della buongiorno " },
        { "pt", " os as é uma que não com para você olá do da em bom " },
        { "nl", " het een en is niet ik je van dat op met hallo goede " },
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    unsigned found[ROWS] = { 0 };
    for (str rest = text, word; rest.n;) {
        size_t n = 0;
        char padded[40] = " ";
        while (n < rest.n && !ascii_space(rest.p[n])) n++;
        word = str_head(rest, n);
        rest = str_skip(rest, n + 1);
        while (word.n && strchr(".,;:!?\"()", word.p[word.n - 1])) word.n--;
        if (!word.n || word.n > sizeof padded - 3) continue;
        for (size_t i = 0; i < word.n; i++) padded[i + 1] = ascii_lower(word.p[i]);
        padded[word.n + 1] = ' ';
        for (size_t i = 0; i < ROWS; i++)
            found[i] += str_has(str_c(rows[i].words), (str){ padded, word.n + 2 });
    }
    size_t best = 0;
    for (size_t i = 1; i < ROWS; i++)
        if (found[i] > found[best] + (best == 0)) best = i; /* English wins a near draw */
    return rows[best].language;
}

/* "en", or a language of espeak-ng. */
static const char *language_of(str all) {
    str text = all;
    unsigned count[SCRIPTS] = { 0 }, most = 0, latin = 0;
    const char *language = "en";
    for (size_t n; text.n > 0; text = str_skip(text, n)) {
        uint32_t c = code_point(text, &n);
        latin += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        for (size_t i = 0; i < SCRIPTS; i++) count[i] += c >= scripts[i].from && c <= scripts[i].to;
    }
    for (size_t i = 0; i < SCRIPTS; i++) {
        unsigned weighed = count[i] * (strcmp(scripts[i].language, "ja") == 0 ? 3 : 1);
        if (weighed <= most) continue; /* kana tells Japanese from Chinese */
        most = weighed;
        language = scripts[i].language;
    }
    return most * 2 > latin ? language : latin_language(all);
}

/* ---- which voice ---- */

static bool is_language(str s) { /* "ko", "pt-br" */
    if (s.n < 2 || s.n > 8) return false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c == '-' && (i == 2 || i == 3))) return false;
    }
    return s.n <= 3 || s.p[2] == '-' || s.p[3] == '-';
}

/* The voice of flite with this name; empty: none. */
static str flite_own(str name) {
    static const char *const own[] = { "slt", "rms", "awb", "kal16", "kal" };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (str_ieq(name, str_c(own[i]))) return str_c(own[i]);
    return (str){ 0 };
}

/* For a name of another service's voice one of the same sex. */
static const char *flite_voice(str asked) {
    static const char men[] =
        " echo onyx fable ash verse ballad cedar charon puck fenrir orus adam "
        "michael george daniel ";
    char padded[40];
    str own = flite_own(asked);
    if (own.n) return own.p;
    if (str_starts(asked, S("am_")) || str_starts(asked, S("bm_"))) return "rms";
    int n = snprintf(padded, sizeof padded, " %.*s ", STR_ARG(asked));
    bool man = n > 2 && (size_t)n < sizeof padded && str_ihas(str_c(men), str_c(padded));
    return man ? "rms" : "slt";
}

/* Asked for by name, or as the voice, or guessed from the text. */
static void choose_language(char *out, size_t cap, str asked, str voice, str text) {
    if (is_language(asked))
        str_copy(out, cap, asked);
    else if (is_language(voice) && !flite_own(voice).n)
        str_copy(out, cap, voice);
    else
        str_copy(out, cap, str_c(language_of(text)));
}

static enum chela_error espeak(str text, const char *language, double speed, struct sound *out,
                               const atomic_bool *cancel, struct err *e) {
    char rate[16];
    snprintf(rate, sizeof rate, "%d", (int)(WORDS_PER_MINUTE * speed));
    const char *const argv[] = { "espeak-ng", "-b", "1",       "-v",       language,
                                 "-s",        rate, "--stdin", "--stdout", NULL };
    struct buf wav = BUF_INIT(WAV_MOST);
    const struct child child = {
        .argv = argv, .input = text, .out = &wav, .limit_ms = LIMIT_MS, .cancel = cancel
    };
    enum chela_error rc = child_run(&child, e);
    if (rc == CHELA_UNAVAILABLE)
        rc = err_set(e, rc,
                     "speech in the language \"%s\" needs espeak-ng, which is not installed "
                     "here (Debian's package espeak-ng)",
                     language);
    bool spoken = rc == CHELA_OK && sound_read_wav(buf_str(&wav), out) && out->count;
    bool no_voice = rc == CHELA_INPUT && str_has(str_c(e->message), S("voice does not exist"));
    if ((rc == CHELA_OK && !spoken) || no_voice)
        rc = err_set(e, CHELA_INPUT, "espeak-ng has no voice for the language \"%s\"", language);
    buf_free(&wav);
    return rc;
}

const char *speech_missing(void) {
    return NULL;
}

/* Request {text, voice, language, speed, format}; the answer is a sound file. */
void speech_work(struct task *t) {
    str text = task_string(t, "text", ""), voice = task_string(t, "voice", "");
    str asked = task_string(t, "language", "");
    const struct sound_format *format = sound_format(task_string(t, "format", "mp3"));
    double speed = task_number(t, "speed", 1);
    char language[16];
    struct sound sound = { 0 };
    if (!format || text.n > TEXT_MOST || !(speed >= 0.25 && speed <= 4)) {
        t->code = err_set(&t->e, CHELA_INPUT, "unknown format, or text or speed out of range");
        return;
    }
    choose_language(language, sizeof language, asked, voice, text);
    bool english = str_starts(str_c(language), S("en"));
    const char *name = flite_voice(voice);
    if (english)
        t->code = flite_speak(text, name, speed, &sound, &t->cancel, &t->e);
    else
        t->code = espeak(text, language, speed, &sound, &t->cancel, &t->e);
    if (t->code == CHELA_OK) t->code = sound_encode(&sound, format, &t->out, &t->cancel, &t->e);
    buf_addf(&t->says, "%s %s, %.2f s", english ? "flite" : "espeak-ng", english ? name : language,
             sound.rate ? (double)sound.count / sound.rate : 0);
    t->type = format->type;
    sound_free(&sound);
}
