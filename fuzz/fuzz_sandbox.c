/* Any body gets an answer or an error, and the answer keeps its promises: it says something, JSON
 * is JSON, arguments are objects, limits hold, the same question gets the same answer, and the
 * stream says what the whole answer says.
 *
 * The first byte chooses: P: a prompt. S: a JSON schema. T: a tool's parameters. Anything else: a
 * whole body. */
#include "base/utf8.h"
#include "doc/json_write.h"
#include "sandbox/agent.h"
#include "sandbox/wire.h"

#include <stdlib.h>
#include <string.h>

static void must(bool good) {
    if (!good) abort();
}

static void make_body(struct buf *out, char kind, str rest) {
    static const char opening[] = "{\"messages\":[{\"role\":\"user\",\"content\":";
    static const char prompt[] =
        "\"Ann Lee, 42, lives in Oslo: weather in Rome and \\\"x\\\"?\"}],";
    if (kind == 'P') {
        buf_addf(out, "%s", opening);
        json_quote(out, rest);
        buf_add(out, S("}],\"reasoning\":{\"effort\":\"high\"}}"));
    } else if (kind == 'S') {
        buf_addf(out, "%s%s", opening, prompt);
        buf_add(out,
                S("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"schema\":"));
        buf_add(out, rest);
        buf_add(out, S("}}}"));
    } else if (kind == 'T') {
        buf_addf(out, "%s%s", opening, prompt);
        buf_add(out, S("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\","
                       "\"parameters\":"));
        buf_add(out, rest);
        buf_add(out, S("}}],\"tool_choice\":\"required\"}"));
    } else {
        buf_add(out, rest);
    }
}

static bool is_json(str text, enum doc_type *type) {
    struct doc *d;
    if (doc_parse(&d, text, DOC_JSON, NULL, NULL) != CHELA_OK) return false;
    *type = doc_type(d, doc_root(d));
    doc_free(d);
    return true;
}

static void check(const struct agent_request *r, const struct agent_answer *a) {
    const struct agent_message *last = &r->messages[r->message_count - 1];
    bool prefilled = last->role == AGENT_ASSISTANT && last->text.n;
    bool whole = a->finish == FINISH_STOP && !r->stop_count && !prefilled;
    enum doc_type type;
    must(a->rule != NULL);
    must(utf8_valid(a->text) && utf8_valid(a->reasoning));
    must((a->call_count > 0) == (a->finish == FINISH_TOOL_CALLS));
    must(a->call_count == 0 || a->text.n == 0);
    if (whole) must(a->text.n > 0);
    if (whole && r->format != FORMAT_TEXT) must(is_json(a->text, &type));
    if (r->max_tokens) must(a->completion_tokens <= r->max_tokens);
    must(a->prompt_tokens > 0 && a->reasoning_tokens <= a->completion_tokens);
    if (r->effort == EFFORT_NONE) must(a->reasoning_tokens == 0 && a->reasoning.n == 0);
    for (size_t i = 0; i < r->stop_count && a->finish == FINISH_STOP; i++)
        must(!str_has(a->text, r->stop[i]));
    for (size_t i = 0; i < a->call_count; i++)
        must(is_json(a->calls[i].arguments, &type) && type == DOC_OBJECT);
}

static void check_stream(const struct agent_answer *a) {
    struct wire_reply r = { .answer = a, .id = S("gen-1-x"), .created = 1 };
    struct wire_stream s = { 0 };
    struct buf event = BUF_INIT(1 << 20), whole = BUF_INIT(16 << 20);
    size_t text = 0;
    unsigned done = 0;
    must(wire_completion(&r, &whole));
    for (; wire_next(&r, &s, &event); buf_clear(&event)) {
        must(!event.failed && str_ends(buf_str(&event), S("\n\n")));
        text += event.n;
        done += str_eq(buf_str(&event), S("data: [DONE]\n\n"));
    }
    must(done == 1 && text > a->text.n);
    buf_free(&event);
    buf_free(&whole);
}

/* What was never asked is not cached; what was is, unless markers chose less. */
static void check_cache(const struct agent_request *r, const struct agent_answer *a) {
    static struct prompt_cache cache;
    if (a->prompt_tokens < PROMPT_CACHE_TOKENS) return;
    memset(&cache, 0, sizeof cache);
    struct prompt_cache_use first = prompt_cache_ask(&cache, r, a->prompt_tokens);
    struct prompt_cache_use second = prompt_cache_ask(&cache, r, a->prompt_tokens);
    must(first.read == 0 && first.written <= a->prompt_tokens);
    must(second.read <= a->prompt_tokens && second.read >= first.written);
    must(second.written == 0);
}

static enum chela_error answer(struct agent_request *r, struct agent_answer *a, str body,
                               struct arena *arena) {
    struct err e = ERR_INIT;
    enum chela_error failed = agent_read(r, body, arena, &e);
    r->now_s = 1785585600;
    if (!failed) failed = agent_answer(a, r, &e);
    if (failed) must(e.message[0] != '\0');
    return failed;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > 64 << 10) return 0;
    bool raw = data[0] != 'P' && data[0] != 'S' && data[0] != 'T';
    str rest = { (const char *)data + !raw, size - !raw };
    struct buf body = BUF_INIT(1 << 20);
    make_body(&body, (char)data[0], rest);
    struct arena first, second;
    arena_init(&first, agent_arena_max(body.n));
    arena_init(&second, agent_arena_max(body.n));
    struct agent_request r, again;
    struct agent_answer a, b;
    if (answer(&r, &a, buf_str(&body), &first) == CHELA_OK) {
        check(&r, &a);
        check_stream(&a);
        check_cache(&r, &a);
        must(answer(&again, &b, buf_str(&body), &second) == CHELA_OK);
        must(str_eq(a.text, b.text) && a.call_count == b.call_count);
        doc_free(again.doc);
    }
    doc_free(r.doc);
    arena_free(&first);
    arena_free(&second);
    buf_free(&body);
    return 0;
}
