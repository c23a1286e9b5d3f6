/* The wire format: what SDKs need is there, what they cannot bear is not; a stream says the same as
 * the whole document. */
#include "sandbox_ask.h"

#include "base/utf8.h"
#include "sandbox/wire.h"

#define TOOLS                                                                                      \
    ",'tools':[{'type':'function','function':{'name':'get_weather','parameters':{'type':'object'," \
    "'properties':{'location':{'type':'string'}},'required':['location']}}}]"

static const struct {
    const char *prompt, *more;
} cases[] = {
    { "count to 12", "" },
    { "따라 해: 가나다 라마바 — \"quoted\" \\ back\nslash", "" },
    { "weather in San Francisco and Tokyo", TOOLS }, /* arguments in two pieces */
    { "what is 6*7?", ",'reasoning':{'effort':'high'}" },
    { "count to 50", ",'max_tokens':3" },
    { "weather in Paris", TOOLS ",'max_tokens':1" }, /* no text and no call */
};

static struct wire_reply reply_of(const struct ask *a) {
    return (struct wire_reply){ .answer = &a->answer, .id = S("gen-1-x"), .created = 1785585600 };
}

static struct doc *parse(str text) {
    struct doc *d;
    struct err e = ERR_INIT;
    if (doc_parse(&d, text, DOC_JSON, NULL, &e)) fail_msg("%s: %.*s", e.message, STR_ARG(text));
    return d;
}

static doc_node at(struct doc *d, const char *path) {
    struct err e = ERR_INIT;
    return doc_path_get(d, str_c(path), &e);
}

static str text_at(struct doc *d, const char *path) {
    str s = { 0 };
    doc_string(d, at(d, path), &s);
    return s;
}

static void need(struct doc *d, const char *path, enum doc_type type) {
    if (doc_type(d, at(d, path)) != type) fail_msg("%s: wrong or missing", path);
}

static void need_int(struct doc *d, const char *path) {
    int64_t v;
    if (!doc_int(d, at(d, path), &v)) fail_msg("%s: no integer", path);
}

static void check_usage(struct doc *d, const struct agent_answer *a) {
    static const char *const ints[] = {
        "usage.prompt_tokens",
        "usage.completion_tokens",
        "usage.total_tokens",
        "usage.cost",
        "usage.prompt_tokens_details.cached_tokens",
        "usage.prompt_tokens_details.cache_write_tokens",
        "usage.prompt_tokens_details.audio_tokens",
        "usage.prompt_tokens_details.video_tokens",
        "usage.completion_tokens_details.reasoning_tokens",
        "usage.completion_tokens_details.audio_tokens",
        "usage.completion_tokens_details.image_tokens",
        "usage.cost_details.upstream_inference_cost",
        "usage.cost_details.upstream_inference_prompt_cost",
        "usage.cost_details.upstream_inference_completions_cost",
    };
    int64_t total = 0;
    for (size_t i = 0; i < sizeof ints / sizeof ints[0]; i++) need_int(d, ints[i]);
    doc_int(d, at(d, "usage.total_tokens"), &total);
    assert_int_equal(total, a->prompt_tokens + a->completion_tokens);
    need(d, "usage.is_byok", DOC_BOOL);
}

static void check_head(struct doc *d, const char *object) {
    assert_true(str_eq(text_at(d, "object"), str_c(object)));
    assert_true(str_starts(text_at(d, "id"), S("gen-")));
    assert_true(str_eq(text_at(d, "model"), S("sandbox/agent")));
    assert_true(str_eq(text_at(d, "provider"), S("local")));
    need_int(d, "created");
}

static void whole_document(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ask *a = ask_prompt(cases[i].prompt, cases[i].more);
        struct wire_reply r = reply_of(a);
        struct buf out = BUF_INIT(1 << 20);
        assert_true(wire_completion(&r, &out));
        struct doc *d = parse(buf_str(&out));
        check_head(d, "chat.completion");
        check_usage(d, &a->answer);
        need(d, "system_fingerprint", DOC_NULL); /* must be there */
        need_int(d, "choices[0].index");
        need(d, "choices[0].finish_reason", DOC_STRING);
        need(d, "choices[0].native_finish_reason", DOC_STRING);
        assert_true(str_eq(text_at(d, "choices[0].message.role"), S("assistant")));
        bool calls = a->answer.call_count > 0, thought = a->answer.reasoning.n > 0;
        need(d, "choices[0].message.content", calls ? DOC_NULL : DOC_STRING);
        need(d, "choices[0].message.tool_calls", calls ? DOC_ARRAY : DOC_NONE);
        need(d, "choices[0].message.reasoning", thought ? DOC_STRING : DOC_NULL);
        need(d, "choices[0].message.reasoning_details", thought ? DOC_ARRAY : DOC_NONE);
        if (thought) {
            assert_true(str_eq(text_at(d, "choices[0].message.reasoning_details[0].type"),
                               S("reasoning.text")));
            assert_true(
                str_eq(text_at(d, "choices[0].message.reasoning_details[0].signature"), r.id));
        }
        doc_free(d);
        buf_free(&out);
        ask_done(a);
    }
}

struct gathered {
    struct buf text, reasoning, details, arguments[4];
    str names[4];
    size_t calls, chunks, usages, finishes;
};

static void take_delta(struct doc *d, struct gathered *g, const struct agent_answer *a) {
    buf_add(&g->text, text_at(d, "choices[0].delta.content"));
    buf_add(&g->reasoning, text_at(d, "choices[0].delta.reasoning"));
    buf_add(&g->details, text_at(d, "choices[0].delta.reasoning_details[0].text"));
    doc_node call = at(d, "choices[0].delta.tool_calls[0]");
    if (!call) return;
    int64_t index = -1;
    assert_true(doc_int(d, doc_get(d, call, S("index")), &index));
    assert_true(index >= 0 && (size_t)index < a->call_count);
    if (text_at(d, "choices[0].delta.tool_calls[0].id").n) {
        assert_int_equal(index, g->calls);
        assert_true(str_eq(text_at(d, "choices[0].delta.tool_calls[0].function.name"),
                           a->calls[index].name));
        g->calls++;
    }
    buf_add(&g->arguments[index], text_at(d, "choices[0].delta.tool_calls[0].function.arguments"));
}

static void take_chunk(struct doc *d, struct gathered *g, const struct agent_answer *a) {
    check_head(d, "chat.completion.chunk");
    /* These throw in one SDK or another when they are there and null. */
    need(d, "system_fingerprint", DOC_NONE);
    need(d, "error", DOC_NONE);
    assert_int_equal(g->usages, 0); /* nothing follows the usage */
    if (doc_len(d, at(d, "choices")) == 0) {
        check_usage(d, a);
        g->usages++;
        return;
    }
    need(d, "usage", DOC_NONE);
    need(d, "choices[0].delta", DOC_OBJECT);
    need_int(d, "choices[0].index");
    if (g->chunks++ == 0)
        assert_true(str_eq(text_at(d, "choices[0].delta.role"), S("assistant")));
    else if (at(d, "choices[0].delta.role"))
        need(d, "choices[0].delta.role", DOC_STRING);
    bool finished = text_at(d, "choices[0].finish_reason").n > 0;
    if (!finished) need(d, "choices[0].finish_reason", DOC_NULL);
    g->finishes += finished;
    take_delta(d, g, a);
}

static void same(const struct buf *b, str s) {
    if (!str_eq(buf_str(b), s)) fail_msg("%.*s is not %.*s", STR_ARG(buf_str(b)), STR_ARG(s));
}

static void stream_says_the_same(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ask *a = ask_prompt(cases[i].prompt, cases[i].more);
        struct wire_reply r = reply_of(a);
        struct wire_stream s = { 0 };
        struct gathered g = { .text = BUF_INIT(1 << 20),
                              .reasoning = BUF_INIT(1 << 20),
                              .details = BUF_INIT(1 << 20) };
        for (size_t k = 0; k < 4; k++) buf_init(&g.arguments[k], 1 << 20);
        struct buf event = BUF_INIT(1 << 16);
        assert_true(wire_next(&r, &s, &event));
        same(&event, S(": OPENROUTER PROCESSING\n\n"));
        size_t events = 0;
        bool done = false;
        for (buf_clear(&event); wire_next(&r, &s, &event); buf_clear(&event), events++) {
            str data = buf_str(&event);
            assert_false(done);
            assert_true(str_starts(data, S("data: ")) && str_ends(data, S("\n\n")));
            assert_true(utf8_valid(data));
            data = str_trim(str_skip(data, 6));
            assert_int_equal(str_chr(data, '\n'), -1);
            done = str_eq(data, S("[DONE]"));
            if (done) continue;
            struct doc *d = parse(data);
            take_chunk(d, &g, &a->answer);
            doc_free(d);
        }
        assert_true(done);
        assert_int_equal(g.usages, 1);
        assert_int_equal(g.finishes, 1);
        same(&g.text, a->answer.text);
        same(&g.reasoning, a->answer.reasoning);
        same(&g.details, a->answer.reasoning);
        assert_int_equal(g.calls, a->answer.call_count);
        for (size_t k = 0; k < g.calls; k++) same(&g.arguments[k], a->answer.calls[k].arguments);
        if (i == 0) assert_true(events > 12); /* word by word */
        buf_free(&g.text);
        buf_free(&g.reasoning);
        buf_free(&g.details);
        for (size_t k = 0; k < 4; k++) buf_free(&g.arguments[k]);
        buf_free(&event);
        ask_done(a);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_document),
        cmocka_unit_test(stream_says_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
