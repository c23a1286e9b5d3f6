/* The engine of rules, the two references that OpenClaw bundles (so that a client which looks its
 * model up finds it), and the engines that are there. Their descriptions say who answers. */
#include "sandbox/models.h"

#include "doc/doc.h"
#include "doc/json_write.h"

enum { MAX_OUTPUT = 262144 };

#define CHAT_PARAMETERS                                                                            \
    "max_tokens max_completion_tokens stop seed tools tool_choice parallel_tool_calls "            \
    "response_format structured_outputs reasoning reasoning_effort include_reasoning "             \
    "temperature top_p"

static const struct row {
    const char *id, *name, *description;
    int64_t context;
    const char *modality, *inputs, *outputs, *parameters;
    const char *voices; /* NULL: it does not speak */
    bool engine;        /* listed when the engine of this id is there */
} rows[] = {
    { SANDBOX_MODEL, "chela: sandbox agent",
      "A rules engine in C inside chela. It is no language model: it answers questions about "
      "chela, "
      "calculates, repeats, summarises by extraction, remembers the conversation, fills JSON "
      "schemas and calls the tools it is offered. Deterministic, off line, free.",
      1048576, "text+image->text", "text image", "text", CHAT_PARAMETERS, NULL, false },
    { "openrouter/auto", "Auto Router (answered by sandbox/agent)",
      "In the sandbox there is nothing to route between: sandbox/agent, a rules engine, answers, "
      "and says so in the `model` field.",
      1048576, "text+image->text", "text image", "text", CHAT_PARAMETERS, NULL, false },
    { "moonshotai/kimi-k2.6", "MoonshotAI: Kimi K2.6 (answered by sandbox/agent)",
      "Listed because OpenClaw bundles this reference. This is not Kimi: in the sandbox "
      "sandbox/agent, a rules engine, answers, and says so in the `model` field.",
      262144, "text+image->text", "text image", "text", CHAT_PARAMETERS, NULL, false },
    { MODEL_PICTURE, "chela: scene",
      "A drawing program, no image model: it draws the things that the prompt names, in the "
      "colours, "
      "number, places, weather and time of day that it says, as vector shapes with cairo. The same "
      "prompt and seed give the same picture. Edits keep the picture that is sent and add to it. "
      "What it does not know it leaves out, and says so. Off line, free.",
      32768, "text+image->text+image", "text image", "image text", "seed modalities image_config",
      NULL, true },
    { MODEL_VIDEO, "chela: scene in motion",
      "The drawings of local/scene in motion, as H.264 MP4 by ffmpeg: clouds drift, boats rock, "
      "crabs "
      "walk. No video model. First and last frame and reference pictures are used; sound is "
      "synthesised (waves, wind, soft tones). Off line, free.",
      32768, "text+image->video", "text image", "video",
      "seed duration resolution aspect_ratio size generate_audio frame_images input_references",
      NULL, true },
    { MODEL_SPEECH, "chela: flite",
      "The speech synthesizer flite, English; texts in other languages are spoken by espeak-ng "
      "when it "
      "is installed. No neural voice: clear, and plainly a machine. Off line, free.",
      32768, "text->speech", "text", "speech", "voice speed response_format",
      "slt rms awb kal16 kal", true },
    { MODEL_TRANSCRIPTION, "chela: pocketsphinx",
      "The recogniser pocketsphinx with its small English model. It gets clearly spoken simple "
      "sentences mostly right, and much else wrong. Off line, free.",
      32768, "audio->transcription", "audio", "transcription",
      "language response_format timestamp_granularities", NULL, true },
    { MODEL_EMBEDDING, "chela: hashed words",
      "256 numbers from the words of a text and pieces of them, by feature hashing. Nothing is "
      "learned: texts are near when they share words, not when they mean the same. Off line, free.",
      262144, "text->embeddings", "text", "embeddings", "dimensions encoding_format", NULL, true },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

static void texts(struct json_writer *w, const char *key, const char *list) {
    json_key(w, str_c(key));
    json_array(w);
    for (str one, rest = str_c(list); rest.n;) {
        str_cut(rest, ' ', &one, &rest);
        json_string(w, one);
    }
    json_array_end(w);
}

static void null_of(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_null(w);
}

static void architecture(struct json_writer *w, const struct row *r) {
    json_key(w, S("architecture"));
    json_object(w);
    json_kstring(w, "modality", str_c(r->modality));
    texts(w, "input_modalities", r->inputs);
    texts(w, "output_modalities", r->outputs);
    json_kstring(w, "tokenizer", S("Other"));
    null_of(w, "instruct_type");
    json_object_end(w);
}

static void pricing(struct json_writer *w) {
    static const char *const keys[] = { "prompt",           "completion",
                                        "request",          "image",
                                        "web_search",       "internal_reasoning",
                                        "input_cache_read", "input_cache_write" };
    json_key(w, S("pricing"));
    json_object(w);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) json_kstring(w, keys[i], S("0"));
    json_object_end(w);
}

static void reasoning(struct json_writer *w) {
    json_key(w, S("reasoning"));
    json_object(w);
    json_kbool(w, "mandatory", false);
    texts(w, "supported_efforts", "xhigh high medium low minimal none");
    json_kbool(w, "default_enabled", false);
    json_kbool(w, "supports_max_tokens", true);
    json_object_end(w);
}

static void model(struct json_writer *w, const struct row *r) {
    static const char *const defaults[] = { "temperature", "top_p", "frequency_penalty" };
    json_object(w);
    json_kstring(w, "id", str_c(r->id));
    json_kstring(w, "canonical_slug", str_c(r->id));
    json_kstring(w, "hugging_face_id", S(""));
    json_kstring(w, "name", str_c(r->name));
    json_kint(w, "created", MODELS_CREATED);
    json_kstring(w, "description", str_c(r->description));
    json_kint(w, "context_length", r->context);
    architecture(w, r);
    pricing(w);
    json_key(w, S("top_provider"));
    json_object(w);
    json_kint(w, "context_length", r->context);
    json_kint(w, "max_completion_tokens", MAX_OUTPUT);
    json_kbool(w, "is_moderated", false);
    json_object_end(w);
    null_of(w, "per_request_limits");
    texts(w, "supported_parameters", r->parameters);
    if (r->voices)
        texts(w, "supported_voices", r->voices);
    else
        null_of(w, "supported_voices");
    json_key(w, S("default_parameters"));
    json_object(w);
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) null_of(w, defaults[i]);
    json_object_end(w);
    null_of(w, "expiration_date");
    null_of(w, "knowledge_cutoff");
    if (!r->engine) reasoning(w);
    json_key(w, S("links"));
    json_object(w);
    json_key(w, S("details"));
    struct buf path = BUF_INIT(256);
    buf_addf(&path, "/api/v1/models/%s/endpoints", r->id);
    json_string(w, buf_str(&path));
    buf_free(&path);
    json_object_end(w);
    json_object_end(w);
}

/* ---- which rows ---- */

unsigned sandbox_models_there(str json) {
    struct doc *d = NULL;
    unsigned there = 0;
    if (doc_parse(&d, json, DOC_JSON, NULL, NULL) != CHELA_OK) return 0;
    doc_node list = doc_get(d, doc_root(d), S("engines"));
    for (doc_node c = doc_first(d, list); c; c = doc_next(d, c)) {
        str name;
        bool ok = false;
        if (!doc_bool(d, doc_get(d, c, S("ok")), &ok) || !ok) continue;
        if (!doc_string(d, doc_get(d, c, S("engine")), &name)) continue;
        for (size_t i = 0; i < ROWS; i++)
            if (str_eq(name, str_c(rows[i].id))) there |= 1u << i;
    }
    doc_free(d);
    return there;
}

static bool is_there(unsigned there, size_t i) {
    return !rows[i].engine || (there >> i & 1);
}

static bool puts_out(const struct row *r, str wanted) {
    if (!wanted.n || str_eq(wanted, S("all"))) return true;
    for (str one, rest = wanted; rest.n;) {
        str_cut(rest, ',', &one, &rest);
        for (str modality, left = str_c(r->outputs); left.n;) {
            str_cut(left, ' ', &modality, &left);
            if (str_eq(modality, str_trim(one))) return true;
        }
    }
    return false;
}

static int count_rows(unsigned there, str output) {
    int n = 0;
    for (size_t i = 0; i < ROWS; i++) n += is_there(there, i) && puts_out(&rows[i], output);
    return n;
}

bool sandbox_models_list(unsigned there, str output, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    json_key(&w, S("data"));
    json_array(&w);
    for (size_t i = 0; i < ROWS; i++)
        if (is_there(there, i) && puts_out(&rows[i], output)) model(&w, &rows[i]);
    json_array_end(&w);
    json_kint(&w, "total_count", count_rows(there, output));
    json_key(&w, S("links"));
    json_object(&w);
    null_of(&w, "next");
    json_object_end(&w);
    json_object_end(&w);
    return !out->failed;
}

bool sandbox_models_count(unsigned there, str output, struct buf *out) {
    return buf_addf(out, "{\"data\":{\"count\":%d}}", count_rows(there, output));
}

static const struct row *find(unsigned there, str id) {
    for (size_t i = 0; i < ROWS; i++)
        if (is_there(there, i) && str_ieq(id, str_c(rows[i].id))) return &rows[i];
    return NULL;
}

bool sandbox_models_has(unsigned there, str id) {
    return find(there, id) != NULL;
}

str sandbox_models_name(str id) {
    const struct row *r = find(~0u, id);
    return str_c(r ? r->name : "");
}

str sandbox_models_description(str id) {
    const struct row *r = find(~0u, id);
    return str_c(r ? r->description : "");
}

bool sandbox_models_row(unsigned there, str id, struct buf *out) {
    const struct row *r = find(there, id);
    struct json_writer w = JSON_WRITER(out);
    if (!r) return false;
    json_object(&w);
    json_key(&w, S("data"));
    model(&w, r);
    json_object_end(&w);
    return !out->failed;
}

bool sandbox_models_endpoints(unsigned there, str id, struct buf *out) {
    static const char *const unknown[] = { "uptime_last_5m",      "uptime_last_30m",
                                           "uptime_last_1d",      "latency_last_30m",
                                           "throughput_last_30m", "max_prompt_tokens" };
    static const char *const choices[] = { "none", "auto", "required", "function" };
    const struct row *r = find(there, id);
    struct json_writer w = JSON_WRITER(out);
    if (!r) return false;
    json_object(&w);
    json_key(&w, S("data"));
    json_object(&w);
    json_kstring(&w, "id", str_c(r->id));
    json_kstring(&w, "name", str_c(r->name));
    json_kint(&w, "created", MODELS_CREATED);
    json_kstring(&w, "description", str_c(r->description));
    architecture(&w, r);
    json_key(&w, S("endpoints"));
    json_array(&w);
    json_object(&w);
    str answers = r->engine ? str_c(r->id) : S(SANDBOX_MODEL);
    json_key(&w, S("name"));
    struct buf name = BUF_INIT(256);
    buf_addf(&name, "local | %.*s", STR_ARG(answers));
    json_string(&w, buf_str(&name));
    buf_free(&name);
    json_kstring(&w, "model_id", answers);
    json_kstring(&w, "model_name", str_c(r->name));
    json_kstring(&w, "provider_name", S("local"));
    json_kstring(&w, "tag", S("local"));
    json_kint(&w, "context_length", r->context);
    json_kint(&w, "max_completion_tokens", MAX_OUTPUT);
    pricing(&w);
    json_kstring(&w, "quantization", S("unknown"));
    json_kint(&w, "status", 0);
    texts(&w, "supported_parameters", r->parameters);
    json_kbool(&w, "supports_implicit_caching", false);
    json_key(&w, S("supports_tool_choice"));
    json_object(&w);
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++)
        json_kbool(&w, choices[i], !r->engine);
    json_object_end(&w);
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) null_of(&w, unknown[i]);
    json_object_end(&w);
    json_array_end(&w);
    json_object_end(&w);
    json_object_end(&w);
    return !out->failed;
}
