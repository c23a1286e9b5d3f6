/* A chat stream as OpenAI's events of a response. Every event has its number and says which item it
 * belongs to; what was streamed is said once more when it ends. */
#include "skin/responses.h"

static struct json_writer begin(struct saying *t, const char *name) {
    struct json_writer w = JSON_WRITER(t->out);
    event_begin(t, name);
    json_object(&w);
    json_kstring(&w, "type", str_c(name));
    json_kint(&w, "sequence_number", t->events);
    return w;
}

static void end(struct saying *t, struct json_writer *w) {
    json_object_end(w);
    event_end(t);
}

static struct json_writer begin_item(struct saying *t, const char *name, const struct part *p) {
    struct json_writer w = begin(t, name);
    json_kint(&w, "output_index", (int64_t)p->place);
    return w;
}

static struct json_writer begin_part(struct saying *t, const char *name, const struct part *p) {
    struct json_writer w = begin_item(t, name, p);
    struct buf id = BUF_INIT(512);
    item_id(t, p, &id);
    json_kstring(&w, "item_id", buf_str(&id));
    if (p->kind == PART_TEXT || p->kind == PART_REFUSAL || p->kind == PART_THOUGHT)
        json_kint(&w, p->summary ? "summary_index" : "content_index", 0);
    buf_free(&id);
    return w;
}

static void response_event(struct saying *t, const char *name, enum response_state state,
                           const struct skin_failure *f) {
    struct json_writer w = begin(t, name);
    json_key(&w, S("response"));
    write_response(t, &w, state, f);
    end(t, &w);
}

static void item_event(struct saying *t, const char *name, const struct part *p, bool begun) {
    struct json_writer w = begin_item(t, name, p);
    json_key(&w, S("item"));
    write_item(t, p, &w, begun);
    end(t, &w);
}

static void part_event(struct saying *t, const struct part *p, bool begun) {
    static const char *const names[2][2] = {
        { "response.content_part.done", "response.content_part.added" },
        { "response.reasoning_summary_part.done", "response.reasoning_summary_part.added" },
    };
    struct json_writer w = begin_part(t, names[p->summary][begun], p);
    json_key(&w, S("part"));
    write_content(p, &w, begun);
    end(t, &w);
}

/* What a part's pieces are called: ….delta and ….done, and the member that says all of it. */
static const char *const *words_of(const struct part *p) {
    static const char *const text[] = { "response.output_text.delta", "response.output_text.done",
                                        "text" };
    static const char *const refusal[] = { "response.refusal.delta", "response.refusal.done",
                                           "refusal" };
    static const char *const thought[] = { "response.reasoning_text.delta",
                                           "response.reasoning_text.done", "text" };
    static const char *const summary[] = { "response.reasoning_summary_text.delta",
                                           "response.reasoning_summary_text.done", "text" };
    static const char *const call[] = { "response.function_call_arguments.delta",
                                        "response.function_call_arguments.done", "arguments" };
    switch (p->kind) {
    case PART_REFUSAL: return refusal;
    case PART_THOUGHT: return p->summary ? summary : thought;
    case PART_CALL: return call;
    case PART_TEXT:
    case PART_SEALED:
    case PART_IMAGE: break;
    }
    return text;
}

static void text_event(struct saying *t, const struct part *p, const char *name, const char *key,
                       str text) {
    struct json_writer w = begin_part(t, name, p);
    json_kstring(&w, key, text);
    if (p->kind == PART_TEXT) json_kraw(&w, "logprobs", S("[]"));
    if (p->kind == PART_CALL && str_eq(str_c(key), S("arguments")))
        json_kstring(&w, "name", tool_name(p));
    end(t, &w);
}

static bool has_part(const struct part *p) {
    return p->kind == PART_TEXT || p->kind == PART_REFUSAL || p->kind == PART_THOUGHT;
}

static void on_start(struct saying *t) {
    response_event(t, "response.created", RESPONSE_BEGUN, NULL);
    response_event(t, "response.in_progress", RESPONSE_BEGUN, NULL);
}

static void on_open(struct saying *t, struct part *p) {
    look_up_tool(t, p);
    item_event(t, "response.output_item.added", p, true);
    if (has_part(p)) part_event(t, p, true);
}

static void on_piece(struct saying *t, struct part *p, str text) {
    if (!p->custom) text_event(t, p, words_of(p)[0], "delta", text);
}

static void close_custom(struct saying *t, const struct part *p) {
    struct buf input = BUF_INIT(SAYING_TEXT);
    custom_input(p, &input);
    text_event(t, p, "response.custom_tool_call_input.delta", "delta", buf_str(&input));
    text_event(t, p, "response.custom_tool_call_input.done", "input", buf_str(&input));
    buf_free(&input);
}

static void on_close(struct saying *t, struct part *p) {
    str all = p->kind == PART_CALL && !p->text.n ? S("{}") : buf_str(&p->text);
    if (p->custom)
        close_custom(t, p);
    else if (has_part(p) || p->kind == PART_CALL)
        text_event(t, p, words_of(p)[1], words_of(p)[2], all);
    if (has_part(p)) part_event(t, p, false);
    if (p->kind == PART_IMAGE) {
        struct json_writer w = begin_part(t, "response.image_generation_call.completed", p);
        end(t, &w);
    }
    item_event(t, "response.output_item.done", p, false);
}

const struct saying_writer responses_events = { on_start, on_open, on_piece, on_close };

void responses_finish(struct saying *t) {
    response_event(t, response_is_incomplete(t) ? "response.incomplete" : "response.completed",
                   RESPONSE_DONE, NULL);
    buf_add(t->out, S("data: [DONE]\n\n"));
}

void responses_broken(struct saying *t, const struct skin_failure *f) {
    saying_start(t);
    response_event(t, "response.failed", RESPONSE_FAILED, f);
    buf_add(t->out, S("data: [DONE]\n\n"));
}
