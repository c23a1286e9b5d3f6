#include "media/speech_config.h"

#include "base/file.h"
#include "base/log.h"
#include "media/models.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LAYERS = 3, MAX_PREFS = 256 << 10 };

/* The objects that may hold a setting, nearest first. */
struct layers {
    struct doc *doc;
    doc_node tts[LAYERS];
    const char *path[LAYERS];
};

static struct layers layers_of(struct config *c, str agent) {
    struct doc *d = config_doc(c);
    struct layers l = { .doc = d, .path = { "agents.list[].tts", "tts", "messages.tts" } };
    l.tts[0] = doc_get(d, config_agent(c, agent), S("tts"));
    l.tts[1] = doc_get(d, doc_root(d), S("tts"));
    l.tts[2] = doc_path_get(d, S("messages.tts"), NULL);
    return l;
}

static doc_node setting(const struct layers *l, str key) {
    for (size_t i = 0; i < LAYERS; i++) {
        doc_node n = doc_get(l->doc, l->tts[i], key);
        if (n) return n;
    }
    return 0;
}

/* Of providers.openrouter, or of the older place beside it. *layer: which it was. */
static doc_node provider_setting(const struct layers *l, const char *const *names, size_t *layer) {
    for (size_t i = 0; i < LAYERS; i++) {
        const doc_node places[] = {
            doc_get(l->doc, doc_get(l->doc, l->tts[i], S("providers")), S("openrouter")),
            doc_get(l->doc, l->tts[i], S("openrouter")),
        };
        for (size_t p = 0; p < 2; p++)
            for (const char *const *name = names; *name; name++) {
                doc_node n = doc_get(l->doc, places[p], str_c(*name));
                if (!n) continue;
                if (layer) *layer = i;
                return n;
            }
    }
    return 0;
}

static str text_of(struct doc *d, doc_node n) {
    str text = { 0 };
    return doc_string(d, n, &text) ? str_trim(text) : (str){ 0 };
}

static str provider_text(const struct layers *l, const char *const *names) {
    return text_of(l->doc, provider_setting(l, names, NULL));
}

static bool flag(struct doc *d, doc_node object, const char *key, bool otherwise) {
    bool value = otherwise;
    doc_bool(d, doc_get(d, object, str_c(key)), &value);
    return value;
}

/* ---- when to speak ---- */

static bool mode_of(str word, enum speech_auto *out) {
    static const char *const names[] = { "off", "always", "inbound", "tagged" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_ieq(word, str_c(names[i]))) {
            *out = (enum speech_auto)i;
            return true;
        }
    return false;
}

static void read_mode(struct speech_config *out, struct doc *d, doc_node tts) {
    bool enabled;
    if (mode_of(text_of(d, doc_get(d, tts, S("auto"))), &out->when)) return;
    if (doc_bool(d, doc_get(d, tts, S("enabled")), &enabled))
        out->when = enabled ? SPEECH_ALWAYS : SPEECH_OFF;
}

/* OpenClaw's `/tts` writes here what a person chose; it goes before the configuration. */
static void read_prefs(struct speech_config *out, struct config *c, const struct layers *l) {
    char path[4200];
    str named = text_of(l->doc, setting(l, S("prefsPath")));
    const char *from_env = config_env(c, "OPENCLAW_TTS_PREFS");
    const char *home = config_env(c, "HOME");
    if (str_starts(named, S("~/")) && home)
        snprintf(path, sizeof path, "%s%.*s", home, STR_ARG(str_skip(named, 1)));
    else if (named.n)
        str_copy(path, sizeof path, named);
    else if (from_env && *from_env)
        str_copy(path, sizeof path, str_c(from_env));
    else
        snprintf(path, sizeof path, "%s/settings/tts.json", config_where(c)->openclaw_state);
    struct buf text = BUF_INIT(MAX_PREFS);
    struct doc *d = NULL;
    struct err why = ERR_INIT;
    if (!file_exists(path)) return;
    if (file_read(path, &text, &why) != CHELA_OK ||
        doc_parse(&d, buf_str(&text), DOC_JSON, NULL, &why) != CHELA_OK) {
        log_warn("%s: %s", path, why.message);
    } else {
        doc_node tts = doc_get(d, doc_root(d), S("tts"));
        read_mode(out, d, tts);
        int64_t most;
        if (doc_int(d, doc_get(d, tts, S("maxLength")), &most) && most > 0) out->max_length = most;
        out->summarize = flag(d, tts, "summarize", out->summarize);
    }
    doc_free(d);
    buf_free(&text);
}

/* ---- what to say it with ---- */

enum chela_error speech_check_format(str format, enum chela_error code, struct err *e) {
    if (str_eq(format, S("mp3")) || str_eq(format, S("pcm"))) return CHELA_OK;
    err_set(e, code, "Invalid OpenRouter speech responseFormat: %.*s", STR_ARG(format));
    return err_hint(e, code, "OpenRouter's speech comes as mp3 or pcm");
}

str speech_lower(struct arena *a, str text) {
    text = arena_dup(a, str_trim(text));
    char *p = (char *)(uintptr_t)text.p; /* ours: fresh from the arena */
    for (size_t i = 0; i < text.n; i++) p[i] = ascii_lower(p[i]);
    return text;
}

static void read_provider(struct speech_config *out, const struct layers *l, struct arena *a) {
    static const char *const model[] = { "model", "modelId", NULL };
    static const char *const voice[] = { "voice", "voiceId", "speakerVoice", "speakerVoiceId",
                                         NULL };
    static const char *const format[] = { "responseFormat", NULL }, *const speed[] = { "speed",
                                                                                       NULL };
    static const char *const routing[] = { "provider", NULL }, *const base[] = { "baseUrl", NULL };
    static const char *const key[] = { "apiKey", NULL };
    str text = provider_text(l, model);
    if (text.n) out->model = text;
    text = provider_text(l, voice);
    if (text.n) out->voice = text;
    text = provider_text(l, format);
    if (text.n) out->format = speech_lower(a, text);
    double number;
    doc_node n = provider_setting(l, speed, NULL);
    if (doc_type(l->doc, n) == DOC_NUMBER && doc_number(l->doc, n, &number) && isfinite(number))
        out->speed = number;
    n = provider_setting(l, routing, NULL);
    if (doc_type(l->doc, n) == DOC_OBJECT) {
        struct buf json = BUF_INIT(1u << 20);
        if (doc_write_json(l->doc, n, &json)) out->provider = arena_dup(a, buf_str(&json));
        buf_free(&json);
    }
    size_t layer = 0;
    out->base_url = text_of(l->doc, provider_setting(l, base, &layer));
    out->base_url_path = arena_printf(a, "%s.providers.openrouter.baseUrl", l->path[layer]).p;
    out->key = provider_setting(l, key, NULL);
}

enum chela_error speech_config(struct speech_config *out, struct config *c, str agent,
                               struct arena *a, struct err *e) {
    struct layers l = layers_of(c, agent);
    struct doc *d = l.doc;
    *out = (struct speech_config){ .model = media_default_model(MEDIA_SPEECH),
                                   .voice = S("af_alloy"),
                                   .format = S("mp3"),
                                   .timeout_ms = 30000,
                                   .max_text = 4096,
                                   .max_length = 1500,
                                   .summarize = true };
    for (size_t i = LAYERS; i > 0; i--) read_mode(out, d, l.tts[i - 1]);
    out->every_kind = str_ieq(text_of(d, setting(&l, S("mode"))), S("all"));
    doc_node overrides = setting(&l, S("modelOverrides"));
    out->directives = flag(d, overrides, "enabled", true);
    out->may_text = flag(d, overrides, "allowText", true);
    out->may_voice = flag(d, overrides, "allowVoice", true);
    out->may_model = flag(d, overrides, "allowModelId", true);
    out->may_provider = flag(d, overrides, "allowProvider", false);
    out->summary_model = text_of(d, setting(&l, S("summaryModel")));
    doc_int(d, setting(&l, S("timeoutMs")), &out->timeout_ms);
    doc_int(d, setting(&l, S("maxTextLength")), &out->max_text);
    read_prefs(out, c, &l);
    read_provider(out, &l, a);
    if (arena_failed(a)) return err_set(e, CHELA_NOMEM, "out of memory");
    enum chela_error rc = speech_check_format(out->format, CHELA_CONFIG, e);
    return rc == CHELA_OK ? rc : err_prefix(e, rc, "messages.tts: ");
}
