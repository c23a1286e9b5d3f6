/* Any body, for any model, route, level and set of parameters: what comes out is strict JSON, says
 * no `store`, breaks no limit of Anthropic's on markers, and shaping it again changes nothing.
 *
 * Input: one byte each for model, route, level and its source, kind and catalogue row, parameters;
 * then the body.
 */
#include "shape/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SELECTORS = 5, BODY_MAX = 1 << 18 };

static const char *const models[] = {
    "openrouter/auto",          "openai/gpt-5.4",           "anthropic/claude-x",
    "~anthropic/claude-latest", "deepseek/deepseek-v4-pro", "deepseek/deepseek-v4-flash:free",
    "google/gemini-3",          "openrouter/hunter-alpha",  "x-ai/grok",
};
static const char *const urls[] = { "", "https://eu.openrouter.ai/api/v1",
                                    "http://127.0.0.1:1/v1" };
static const char *const levels[] = { "",     "off",   "minimal", "low",     "medium",
                                      "high", "xhigh", "max",     "adaptive" };
static const struct model_row rows[] = {
    { .reasoning = true },
    { .reasoning = false },
    { .reasoning = true, .efforts = { STR_INIT("max") }, .effort_count = 1 },
};
/* An array of layers each. */
static const char *const params[] = {
    "[]",
    "[{temperature: .5, maxTokens: 9, parallel_tool_calls: false, chatTemplateKwargs: {a: 1},"
    " provider: {order: ['a'], zdr: true}, responseCache: 'on', cacheRetention: 'long', topP: 1}]",
    "[{provider: {sort: 'x', '__proto__': 1}, store: true}, {provider: {sort: 'y'},"
    " responseCacheClear: true, extra_body: {store: 1, service_tier: 'flex', reasoning: {effort:"
    " 'low'}, reasoning_effort: 'max', constructor: 1}}]",
    "[{extra_body: {thinking: {type: 'disabled'}, provider: null, parallel_tool_calls: true},"
    " parallelToolCalls: false, cacheRetention: 'none'}]",
    "[{extraBody: {messages: [{role: 'system', content: 'x'}, {role: 'assistant', content: 'y'}],"
    " reasoning_effort: 'high', temperature: 2}, temperature: '1', maxTokens: null}]",
    "[{temperature: {}, maxTokens: [], provider: [], extra_body: 7, chat_template_kwargs: 'x',"
    " parallel_tool_calls: null, cacheRetention: 9, responseCacheTtl: '12abc'}]",
};

#define PICK(list, byte) list[(byte) % (sizeof(list) / sizeof(list)[0])]

static void require(bool holds, const char *what, str before, str after) {
    if (holds) return;
    fprintf(stderr, "%s\n%.*s\n%.*s\n", what, STR_ARG(before), STR_ARG(after));
    abort();
}

/* True when it could be shaped; the result in out. */
static bool shape(str body, const uint8_t *pick, const struct config_params *p, struct buf *out) {
    struct arena arena = ARENA_INIT(16u << 20);
    struct doc *d = NULL;
    if (doc_parse(&d, body, DOC_JSON, NULL, NULL) != CHELA_OK) return false;
    struct header_list headers = { .arena = &arena };
    struct record record = { .arena = &arena };
    str id = str_c(PICK(models, pick[0]));
    struct shape_ctx x = {
        .kind = (enum call_kind)(pick[3] % 3),
        .params = p,
        .model = { .provider = S("openrouter"), .id = id, .key = id },
        .row = pick[3] / 3 % 4 ? &rows[pick[3] / 3 % 4 - 1] : NULL,
        .thinking = { str_c(PICK(levels, pick[2])), pick[2] / 9 % 2 ? "--thinking" : "config" },
        .body = d,
        .headers = &headers,
        .record = &record,
        .arena = &arena,
    };
    struct err e = ERR_INIT;
    bool good = route_of_url(&x.route, str_c(PICK(urls, pick[1])), &arena, &e) == CHELA_OK &&
                shape_apply(&x, &e) == CHELA_OK && doc_write(d, out);
    require(good || e.code == CHELA_INPUT || e.code == CHELA_LIMIT || e.code == CHELA_NOMEM,
            "failed oddly", body, str_c(e.message));
    for (const struct change *c = record.first; c; c = c->next)
        require(c->rule && c->anchor && c->where.n && c->reason.n, "an empty record", body,
                c->where);
    doc_free(d);
    arena_free(&arena);
    return good;
}

static size_t count(str text, const char *what) {
    size_t n = 0, width = strlen(what);
    for (ptrdiff_t at; (at = str_find(text, str_c(what))) >= 0; n++)
        text = str_skip(text, (size_t)at + width);
    return n;
}

static void check(str before, str after, const uint8_t *pick) {
    struct doc *d = NULL;
    require(doc_parse(&d, after, DOC_JSON, NULL, NULL) == CHELA_OK, "no JSON", before, after);
    require(!doc_get(d, doc_root(d), S("store")), "store", before, after);
    doc_free(d);
    size_t had = count(before, "\"cache_control\""), has = count(after, "\"cache_control\"");
    require(has <= had || has <= 4 + had, "too many markers", before, after);
    bool verified = strstr(PICK(urls, pick[1]), "127.0.0.1") == NULL;
    require(verified || has <= had, "a marker on another route", before, after);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < SELECTORS || size > BODY_MAX) return 0;
    str body = { (const char *)data + SELECTORS, size - SELECTORS };
    struct doc *layers = NULL;
    if (doc_parse(&layers, str_c(PICK(params, data[4])), DOC_JSON5, NULL, NULL)) abort();
    struct config_params p = { .doc = layers };
    for (doc_node n = doc_first(layers, doc_root(layers)); n; n = doc_next(layers, n)) {
        p.layer[p.count] = n;
        p.origin[p.count++] = "params";
    }
    struct buf once = BUF_INIT(64u << 20), twice = BUF_INIT(64u << 20);
    if (shape(body, data, &p, &once)) {
        check(body, buf_str(&once), data);
        require(shape(buf_str(&once), data, &p, &twice), "not shaped again", body, buf_str(&once));
        require(str_eq(buf_str(&once), buf_str(&twice)), "changed again", buf_str(&once),
                buf_str(&twice));
    }
    buf_free(&once);
    buf_free(&twice);
    doc_free(layers);
    return 0;
}
