#include "engines/engine.h"

#include "base/child.h"
#include "doc/json_write.h"
#include "engines/work.h"

const char *ffmpeg_missing(void) {
    return child_there(NULL, "ffmpeg") ? NULL : "ffmpeg";
}

const char *espeak_missing(void) {
    return child_there(NULL, "espeak-ng") ? NULL : "espeak-ng";
}

/* What was not built names the package that a build needs. */
#if WITH_CAIRO
#define SCENE  scene_missing, scene_work
#define MOTION motion_missing, motion_work
#define HANGUL hangul_missing
#else
#define SCENE  cairo_missing, NULL
#define MOTION cairo_missing, NULL
#define HANGUL cairo_missing
static const char *cairo_missing(void) {
    return "libpango1.0-dev";
}
#endif
#if WITH_FLITE
#define SPEECH speech_missing, speech_work
#else
#define SPEECH flite_missing, NULL
static const char *flite_missing(void) {
    return "flite1-dev";
}
#endif
#if WITH_POCKETSPHINX
#define TRANSCRIBE transcribe_missing, transcribe_work
#else
#define TRANSCRIBE pocketsphinx_missing, NULL
static const char *pocketsphinx_missing(void) {
    return "libpocketsphinx-dev";
}
#endif

const struct engine engine_table[] = {
    { "local/scene", "pictures", "/scene", SCENE },
    { "local/scene-motion", "video", "/motion", MOTION },
    { "local/flite-slt", "speech", "/speech", SPEECH },
    { "local/pocketsphinx-en", "transcription", "/transcribe", TRANSCRIBE },
    { "local/hash-256", "embeddings", "/embed", embed_missing, embed_work },
    { "espeak-ng", "speech in other languages", NULL, espeak_missing, NULL },
    { "ffmpeg", "speech as mp3, opus, aac and flac; pictures as JPEG and WebP", NULL,
      ffmpeg_missing, NULL },
    { "Korean font", "Korean words in pictures", NULL, HANGUL, NULL },
};
const size_t engine_count = sizeof engine_table / sizeof engine_table[0];

bool engines_json(struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("engines"));
    json_array(&w);
    for (size_t i = 0; i < engine_count; i++) {
        const char *package = engine_table[i].missing();
        json_object(&w);
        json_kstring(&w, "engine", str_c(engine_table[i].name));
        json_kstring(&w, "for", str_c(engine_table[i].what));
        json_kbool(&w, "ok", !package);
        json_key(&w, S("package"));
        if (package)
            json_string(&w, str_c(package));
        else
            json_null(&w);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    return !out->failed;
}
