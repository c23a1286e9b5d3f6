/* POST /audio/speech and /audio/transcriptions. */
#include "base/base64.h"
#include "doc/json_write.h"
#include "sandbox/media.h"
#include "sandbox/media_routes.h"
#include "sandbox/models.h"
#include "sandbox/words.h"

enum { SPEECH_MOST = 32 << 10, FILE_MOST = 25 << 20, ANSWER_MAX = 16 << 20 };

/* ---- speech ---- */

static void speech_begin(struct media *m, const struct engine_answer *a) {
    const struct server_header headers[] = {
        { S("Content-Type"), a->type },
        { S("X-Generation-Id"), str_c(m->id) },
        { S("X-Chela-Model"), S(MODEL_SPEECH) },
        { S("X-Chela-Says"), a->says },
    };
    exchange_head(m->x, 200, headers, sizeof headers / sizeof headers[0], a->length);
}

static bool speech_piece(struct media *m, str bytes) {
    return exchange_write(m->x, bytes);
}

static const struct media_kind speech_kind = { speech_begin, speech_piece, media_end, NULL };

static bool is_format(str name) {
    static const char *const formats[] = { "mp3", "pcm", "wav", "opus", "aac", "flac" };
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (str_eq(name, str_c(formats[i]))) return true;
    return false;
}

void serve_speech(const struct sandbox_api *api, struct exchange *x) {
    struct media *m = media_open(api, x, &speech_kind, 0);
    if (!m) return;
    struct fields *f = &m->f;
    struct json_writer w = JSON_WRITER(&m->ask);
    str format = fields_text(f, "response_format", "pcm", 16);
    if (!is_format(format))
        fields_wrong(f, "response_format", "one of mp3, pcm, wav, opus, aac, flac");
    fields_needed(f, "model", 256);
    json_object(&w);
    json_kstring(&w, "text", fields_needed(f, "input", SPEECH_MOST));
    json_kstring(&w, "voice", fields_text(f, "voice", "", 128));
    json_kstring(&w, "language", fields_text(f, "language", "", 16));
    json_kstring(&w, "format", format);
    json_key(&w, S("speed"));
    json_double(&w, fields_number(f, "speed", 1, 0.25, 4));
    json_object_end(&w);
    media_ask(m, "/speech", S("application/json"), buf_str(&m->ask));
}

/* ---- transcription ---- */

struct transcription {
    bool verbose, with_words;
};

#define PAUSE_S 0.6 /* so long a silence ends a segment */

struct heard { /* of the engine's answer */
    struct doc *d;
    str text;
    double seconds;
    doc_node words;
};

static double number_of(struct doc *d, doc_node object, const char *key) {
    double value = 0;
    doc_number(d, doc_get(d, object, str_c(key)), &value);
    return value;
}

static void write_time(struct json_writer *w, const char *key, double seconds) {
    json_key(w, str_c(key));
    json_double(w, seconds);
}

static void write_segment(struct json_writer *w, int64_t id, double start, double end, str text) {
    json_object(w);
    json_kint(w, "id", id);
    json_kint(w, "seek", 0);
    write_time(w, "start", start);
    write_time(w, "end", end);
    json_kstring(w, "text", text);
    json_key(w, S("tokens"));
    json_array(w);
    json_array_end(w);
    json_kint(w, "temperature", 0);
    json_object_end(w);
}

static void write_segments(struct json_writer *w, const struct heard *h) {
    struct buf text = BUF_INIT(1 << 20);
    double start = 0, end = 0;
    int64_t id = 0;
    json_key(w, S("segments"));
    json_array(w);
    for (doc_node c = doc_first(h->d, h->words); c; c = doc_next(h->d, c)) {
        double from = number_of(h->d, c, "start");
        str word = { 0 };
        doc_string(h->d, doc_get(h->d, c, S("word")), &word);
        if (text.n && from - end > PAUSE_S) {
            write_segment(w, id++, start, end, buf_str(&text));
            buf_clear(&text);
        }
        if (!text.n) start = from;
        buf_addf(&text, "%s%.*s", text.n ? " " : "", STR_ARG(word));
        end = number_of(h->d, c, "end");
    }
    if (text.n) write_segment(w, id, start, end, buf_str(&text));
    json_array_end(w);
    buf_free(&text);
}

static void write_transcription(struct buf *out, const struct heard *h,
                                const struct transcription *wanted) {
    struct json_writer w = JSON_WRITER(out);
    int64_t heard = (int64_t)(h->seconds * 10), said = text_tokens(h->text);
    json_object(&w);
    json_kstring(&w, "text", h->text);
    json_kstring(&w, "model", S(MODEL_TRANSCRIPTION));
    if (wanted->verbose) {
        json_kstring(&w, "task", S("transcribe"));
        json_kstring(&w, "language", S("en"));
        write_time(&w, "duration", h->seconds);
        write_segments(&w, h);
    }
    if (wanted->with_words) {
        json_key(&w, S("words"));
        json_raw(&w, doc_raw(h->d, h->words));
    }
    json_key(&w, S("usage"));
    json_object(&w);
    write_time(&w, "seconds", h->seconds);
    json_kint(&w, "total_tokens", heard + said);
    json_kint(&w, "input_tokens", heard);
    json_kint(&w, "output_tokens", said);
    json_kint(&w, "cost", 0);
    json_object_end(&w);
    json_object_end(&w);
}

static void transcription_done(struct media *m) {
    struct heard h = { 0 };
    struct buf json = BUF_INIT(ANSWER_MAX);
    if (doc_parse(&h.d, buf_str(&m->whole), DOC_JSON, NULL, NULL) != CHELA_OK) {
        media_fail(m, 502, S("the engine's answer is not understood"));
        return;
    }
    doc_string(h.d, doc_get(h.d, doc_root(h.d), S("text")), &h.text);
    h.seconds = number_of(h.d, doc_root(h.d), "duration");
    h.words = doc_get(h.d, doc_root(h.d), S("words"));
    write_transcription(&json, &h, m->own);
    doc_free(h.d);
    media_answer(m, 200, &json);
}

static const struct media_kind transcription_kind = { NULL, NULL, transcription_done, NULL };

static void read_granularities(struct fields *f, struct transcription *out) {
    doc_node n = fields_get(f, f->form ? "timestamp_granularities[]" : "timestamp_granularities");
    str word;
    if (!n) return;
    if (doc_string(f->d, n, &word)) { /* of a form: the last one counts */
        out->with_words = str_eq(word, S("word"));
        return;
    }
    for (doc_node c = doc_first(f->d, n); c; c = doc_next(f->d, c)) {
        if (!doc_string(f->d, c, &word) ||
            (!str_eq(word, S("word")) && !str_eq(word, S("segment"))))
            fields_wrong(f, "timestamp_granularities", "an array of \"word\" and \"segment\"");
        out->with_words = out->with_words || str_eq(word, S("word"));
    }
}

/* The sound of a JSON request, decoded into m->ask. */
static void decode_input(struct fields *f, struct media *m) {
    doc_node input = fields_get(f, "input_audio");
    str data;
    if (!doc_string(f->d, doc_get(f->d, input, S("data")), &data) || !data.n) {
        fields_wrong(f, "input_audio", "an object with data (base64) and format");
        return;
    }
    ptrdiff_t comma = str_istarts(data, S("data:")) ? str_chr(data, ',') : -1;
    if (comma >= 0) data = str_skip(data, (size_t)comma + 1);
    if (data.n / 4 * 3 > FILE_MOST + 3)
        err_set(&f->e, CHELA_LIMIT, "input_audio.data: larger than 25 MB");
    else if (!base64_decode(&m->ask, data) || !m->ask.n)
        fields_wrong(f, "input_audio.data", "base64");
}

void serve_transcription(const struct sandbox_api *api, struct exchange *x) {
    struct media *m = media_open(api, x, &transcription_kind, sizeof(struct transcription));
    if (!m) return;
    struct fields *f = &m->f;
    struct transcription *wanted = m->own;
    fields_needed(f, "model", 256);
    str format = fields_text(f, "response_format", "json", 16);
    str language = fields_text(f, "language", "en", 32), sound = { 0 };
    fields_number(f, "temperature", 0, 0, 1);
    wanted->verbose = str_eq(format, S("verbose_json"));
    if (!wanted->verbose && !str_eq(format, S("json")))
        fields_wrong(f, "response_format", "json or verbose_json");
    if (!str_istarts(language, S("en")))
        fields_wrong(f, "language", "en: " MODEL_TRANSCRIPTION " knows English only");
    read_granularities(f, wanted);
    if (f->form) {
        for (size_t i = 0; i < f->file_count; i++)
            if (str_eq(f->files[i].name, S("file"))) sound = f->files[i].data;
        if (!sound.n) fields_wrong(f, "file", "a sound file");
        if (sound.n > FILE_MOST) err_set(&f->e, CHELA_LIMIT, "file: larger than 25 MB");
    } else {
        decode_input(f, m);
        sound = buf_str(&m->ask);
    }
    media_ask(m, "/transcribe", S("application/octet-stream"), sound);
}
