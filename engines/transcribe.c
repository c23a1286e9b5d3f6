/* local/pocketsphinx-en: English speech to text. Loading the model takes a second and 110 MB, so it
 * is kept once it is there; one recording at a time. */
#include "doc/json_write.h"
#include "engines/sound.h"
#include "engines/work.h"

#include <pthread.h>
#include <unistd.h>

#include <pocketsphinx.h>
#include <sphinxbase/err.h>

enum { RATE = 16000, SECONDS_MOST = 600, PIECE_MOST = 24 * RATE, WINDOW = RATE / 5, NOISE = 20 };

static pthread_mutex_t listening = PTHREAD_MUTEX_INITIALIZER;

const char *transcribe_missing(void) {
    return access(POCKETSPHINX_MODELS "en-us.lm.bin", R_OK) == 0 &&
                   access(POCKETSPHINX_MODELS "en-us/mdef", R_OK) == 0
               ? NULL
               : "pocketsphinx-en-us";
}

static ps_decoder_t *decoder(void) {
    static ps_decoder_t *kept;
    if (kept) return kept;
    err_set_logfp(NULL);
    cmd_ln_t *config = cmd_ln_init(NULL, ps_args(), TRUE, "-hmm", POCKETSPHINX_MODELS "en-us",
                                   "-lm", POCKETSPHINX_MODELS "en-us.lm.bin", "-dict",
                                   POCKETSPHINX_MODELS "cmudict-en-us.dict", "-cmn", "batch",
                                   "-logfn", "/dev/null", NULL);
    if (!config) return NULL;
    kept = ps_init(config);
    cmd_ln_free_r(config);
    return kept;
}

/* ---- words with times ---- */

struct word {
    char text[48];
    double start, end;
};

struct words {
    struct word *list;
    size_t count, room;
};

/* "word(2)" is a pronunciation; <s>, [NOISE] and ++UH++ are no words. */
static bool add_word(struct words *w, const char *text, double start, double end) {
    str s = str_c(text);
    ptrdiff_t variant = str_chr(s, '(');
    if (variant > 0) s = str_head(s, (size_t)variant);
    if (!s.n || s.p[0] == '<' || s.p[0] == '[' || s.p[0] == '+') return true;
    if (w->count == w->room) {
        size_t room = w->room ? w->room * 2 : 64;
        struct word *list = realloc(w->list, room * sizeof *list);
        if (!list) return false;
        w->list = list;
        w->room = room;
    }
    struct word *word = &w->list[w->count++];
    str_copy(word->text, sizeof word->text, s);
    word->start = start;
    word->end = end;
    return true;
}

/* The model was trained on rooms: digital silence upsets it, a breath of noise helps. */
static void add_noise(struct sound *s) {
    uint32_t state = 1;
    for (size_t i = 0; i < s->count; i++) {
        state = state * 1664525 + 1013904223;
        int v = s->samples[i] + (int)(state >> 16) % (2 * NOISE + 1) - NOISE;
        s->samples[i] = (int16_t)(v > 32767 ? 32767 : v < -32768 ? -32768 : v);
    }
}

/* Where the next piece of a recording ends: at its end, or in the quietest moment of the second
 * half of what may be heard at once. */
static size_t piece_length(const int16_t *samples, size_t count) {
    double quietest = 1e18;
    size_t best = PIECE_MOST;
    if (count <= PIECE_MOST) return count;
    for (size_t at = PIECE_MOST / 2; at + WINDOW <= PIECE_MOST; at += WINDOW / 2) {
        double loud = 0;
        for (size_t i = 0; i < WINDOW; i++) loud += (double)samples[at + i] * samples[at + i];
        if (loud >= quietest) continue;
        quietest = loud;
        best = at + WINDOW / 2;
    }
    return best;
}

/* One piece is an utterance: its mean spectrum is taken off as a whole, so that what is understood
 * does not depend on what was heard before. */
static enum chela_error hear_piece(ps_decoder_t *ps, const int16_t *samples, size_t count,
                                   double start, struct words *words, struct err *e) {
    if (ps_start_utt(ps) < 0) return err_set(e, CHELA_INTERNAL, "pocketsphinx does not start");
    bool good = ps_process_raw(ps, samples, count, FALSE, TRUE) >= 0;
    if (ps_end_utt(ps) < 0 || !good)
        return err_set(e, CHELA_INTERNAL, "pocketsphinx gave up on the recording");
    for (ps_seg_t *seg = ps_seg_iter(ps); seg; seg = ps_seg_next(seg)) {
        int from, to;
        ps_seg_frames(seg, &from, &to);
        if (add_word(words, ps_seg_word(seg), start + from / 100.0, start + (to + 1) / 100.0))
            continue;
        ps_seg_free(seg);
        return err_set(e, CHELA_NOMEM, "out of memory");
    }
    return CHELA_OK;
}

static enum chela_error listen_to(ps_decoder_t *ps, const struct sound *s, struct words *words,
                                  const atomic_bool *cancel, struct err *e) {
    enum chela_error rc = CHELA_OK;
    for (size_t at = 0, n; at < s->count && rc == CHELA_OK; at += n) {
        n = piece_length(s->samples + at, s->count - at);
        if (atomic_load(cancel)) return err_set(e, CHELA_CANCELLED, "cancelled");
        rc = hear_piece(ps, s->samples + at, n, (double)at / RATE, words, e);
    }
    return rc;
}

/* ---- the answer ---- */

static void write_answer(struct task *t, const struct words *w, double seconds) {
    struct json_writer json = JSON_WRITER(&t->out);
    struct buf text = BUF_INIT(1 << 20);
    for (size_t i = 0; i < w->count; i++) buf_addf(&text, "%s%s", i ? " " : "", w->list[i].text);
    json_object(&json);
    json_kstring(&json, "text", buf_str(&text));
    json_key(&json, S("duration"));
    json_double(&json, seconds);
    json_key(&json, S("words"));
    json_array(&json);
    for (size_t i = 0; i < w->count; i++) {
        json_object(&json);
        json_kstring(&json, "word", str_c(w->list[i].text));
        json_key(&json, S("start"));
        json_double(&json, w->list[i].start);
        json_key(&json, S("end"));
        json_double(&json, w->list[i].end);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    buf_free(&text);
    t->type = "application/json";
}

/* The body is a sound file; the answer {text, duration, words: [{word, start, end}]}. */
void transcribe_work(struct task *t) {
    struct sound sound = { 0 };
    struct words words = { 0 };
    t->code = sound_decode(buf_str(&t->body), RATE, SECONDS_MOST, &sound, &t->cancel, &t->e);
    if (t->code != CHELA_OK) return;
    add_noise(&sound);
    pthread_mutex_lock(&listening);
    ps_decoder_t *ps = decoder();
    if (ps)
        t->code = listen_to(ps, &sound, &words, &t->cancel, &t->e);
    else
        t->code = err_set(&t->e, CHELA_UNAVAILABLE, "pocketsphinx cannot read its model");
    pthread_mutex_unlock(&listening);
    if (t->code == CHELA_OK) write_answer(t, &words, (double)sound.count / RATE);
    free(words.list);
    sound_free(&sound);
}
