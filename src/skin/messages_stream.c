/* A chat stream as Anthropic's events. Their names are not decoration: the SDK takes no event
 * without one. */
#include "skin/messages.h"

static void on_start(struct saying *t) {
    struct json_writer w = JSON_WRITER(t->out);
    event_begin(t, "message_start");
    json_object(&w);
    json_kstring(&w, "type", S("message_start"));
    json_key(&w, S("message"));
    json_object(&w);
    messages_head(t, &w);
    json_kraw(&w, "content", S("[]"));
    static const char *const nulls[] = { "stop_reason", "stop_sequence", "stop_details",
                                         "container" };
    for (size_t i = 0; i < sizeof nulls / sizeof nulls[0]; i++) json_kraw(&w, nulls[i], S("null"));
    json_key(&w, S("usage"));
    messages_usage(t, &w); /* zeros until the end: chat tells it last */
    json_object_end(&w);
    json_object_end(&w);
    event_end(t);
}

static void begin(struct saying *t, struct json_writer *w, const char *name, const struct part *p) {
    *w = (struct json_writer)JSON_WRITER(t->out);
    event_begin(t, name);
    json_object(w);
    json_kstring(w, "type", str_c(name));
    json_kint(w, "index", (int64_t)p->place);
}

static void end(struct saying *t, struct json_writer *w) {
    json_object_end(w);
    event_end(t);
}

static void on_open(struct saying *t, struct part *p) {
    struct json_writer w;
    begin(t, &w, "content_block_start", p);
    json_key(&w, S("content_block"));
    json_object(&w);
    switch (p->kind) {
    case PART_TEXT:
    case PART_REFUSAL:
    case PART_IMAGE:
        json_kstring(&w, "type", S("text"));
        json_kstring(&w, "text", S(""));
        json_kraw(&w, "citations", S("null"));
        break;
    case PART_THOUGHT:
        json_kstring(&w, "type", S("thinking"));
        json_kstring(&w, "thinking", S(""));
        json_kstring(&w, "signature", S(""));
        break;
    case PART_SEALED:
        json_kstring(&w, "type", S("redacted_thinking"));
        json_kstring(&w, "data", buf_str(&p->seal));
        break;
    case PART_CALL:
        json_kstring(&w, "type", S("tool_use"));
        json_kstring(&w, "id", buf_str(&p->id));
        json_kstring(&w, "name", buf_str(&p->name));
        json_kraw(&w, "input", S("{}"));
        break;
    }
    json_object_end(&w);
    end(t, &w);
}

static void delta(struct saying *t, const struct part *p, const char *type, const char *key,
                  str text) {
    struct json_writer w;
    begin(t, &w, "content_block_delta", p);
    json_key(&w, S("delta"));
    json_object(&w);
    json_kstring(&w, "type", str_c(type));
    json_kstring(&w, key, text);
    json_object_end(&w);
    end(t, &w);
}

static void on_piece(struct saying *t, struct part *p, str text) {
    if (p->kind == PART_THOUGHT)
        delta(t, p, "thinking_delta", "thinking", text);
    else if (p->kind == PART_CALL)
        delta(t, p, "input_json_delta", "partial_json", text);
    else
        delta(t, p, "text_delta", "text", text);
}

static void on_close(struct saying *t, struct part *p) {
    struct json_writer w;
    if (p->kind == PART_THOUGHT) delta(t, p, "signature_delta", "signature", buf_str(&p->seal));
    if (p->kind == PART_IMAGE) on_piece(t, p, buf_str(&p->text));
    begin(t, &w, "content_block_stop", p);
    end(t, &w);
}

const struct saying_writer messages_events = { on_start, on_open, on_piece, on_close };

void messages_finish(struct saying *t) {
    struct json_writer w = JSON_WRITER(t->out);
    event_begin(t, "message_delta");
    json_object(&w);
    json_kstring(&w, "type", S("message_delta"));
    json_key(&w, S("delta"));
    json_object(&w);
    messages_stop(t, &w);
    json_object_end(&w);
    json_key(&w, S("usage"));
    messages_usage(t, &w);
    end(t, &w);
    w = (struct json_writer)JSON_WRITER(t->out);
    event_begin(t, "message_stop");
    json_object(&w);
    json_kstring(&w, "type", S("message_stop"));
    if (t->metadata.n) json_kraw(&w, "openrouter_metadata", buf_str(&t->metadata));
    end(t, &w);
}

void messages_broken(struct saying *t, const struct skin_failure *f) {
    event_begin(t, "error");
    messages_error(f, t->out);
    event_end(t);
}
