/* Answers with pictures. What stands before the bytes is written when the engine begins a picture,
 * what stands after them when it has ended; between them base64 goes through in pieces. */
#include "sandbox/media_picture.h"

#include "doc/json_write.h"
#include "sandbox/models.h"
#include "sandbox/wire.h"
#include "sandbox/words.h"

enum { TEXT_MAX = 64 << 10 };

static bool is_stream(const struct pictures *own) {
    return own->shape == SHAPE_IMAGES_STREAM || own->shape == SHAPE_CHAT_STREAM;
}

static void send_text(struct media *m, struct buf *text) {
    if (text->failed)
        exchange_abort(m->x);
    else
        exchange_write(m->x, buf_str(text));
    buf_free(text);
}

static int64_t picture_tokens(const struct pictures *own) {
    return (int64_t)own->size.width * own->size.height / 784;
}

static void usage(struct json_writer *w, const struct media *m) {
    const struct pictures *own = m->own;
    int64_t made = picture_tokens(own) * own->done, said = text_tokens(buf_str(&m->says));
    json_key(w, S("usage"));
    json_object(w);
    json_kint(w, "prompt_tokens", own->prompt_tokens);
    json_kint(w, "completion_tokens", made + said);
    json_kint(w, "total_tokens", own->prompt_tokens + made + said);
    json_kint(w, "cost", 0);
    json_kbool(w, "is_byok", false);
    json_key(w, S("prompt_tokens_details"));
    json_object(w);
    json_kint(w, "cached_tokens", 0);
    json_object_end(w);
    wire_no_cost(w);
    json_key(w, S("completion_tokens_details"));
    json_object(w);
    json_kint(w, "reasoning_tokens", 0);
    json_kint(w, "image_tokens", made);
    json_object_end(w);
    json_object_end(w);
}

static void chat_head(struct json_writer *w, const struct media *m, const char *object) {
    json_object(w);
    json_kstring(w, "id", str_c(m->id));
    json_kstring(w, "object", str_c(object));
    json_kint(w, "created", m->created);
    json_kstring(w, "model", S(MODEL_PICTURE));
    json_kstring(w, "provider", S("local"));
}

static void words(struct json_writer *w, const struct media *m) {
    struct buf text = BUF_INIT(TEXT_MAX);
    buf_addf(&text, "Drawn by " MODEL_PICTURE ": %.*s.", STR_ARG(buf_str(&m->says)));
    json_kstring(w, "content", buf_str(&text));
    buf_free(&text);
}

static void finish(struct json_writer *w, bool over) {
    static const char *const keys[] = { "finish_reason", "native_finish_reason" };
    for (size_t i = 0; i < 2; i++) {
        json_key(w, str_c(keys[i]));
        if (over)
            json_string(w, S("stop"));
        else
            json_null(w);
    }
    json_key(w, S("logprobs"));
    json_null(w);
}

/* "images":[{…"url":"data:image/png;base64, — the quote and the brackets follow in close_image. */
static void open_image(struct json_writer *w, str type) {
    json_key(w, S("images"));
    json_array(w);
    json_object(w);
    json_kstring(w, "type", S("image_url"));
    json_kint(w, "index", 0);
    json_key(w, S("image_url"));
    json_object(w);
    json_key(w, S("url"));
    buf_addf(w->out, "\"data:%.*s;base64,", STR_ARG(type));
}

#define CLOSE_IMAGE "\"}}]"

static void open_delta(struct json_writer *w, const struct media *m) {
    const struct pictures *own = m->own;
    buf_add(w->out, S("data: "));
    chat_head(w, m, "chat.completion.chunk");
    json_key(w, S("choices"));
    json_array(w);
    json_object(w);
    json_kint(w, "index", own->done);
    json_key(w, S("delta"));
    json_object(w);
}

/* The delta is closed by the caller. */
static void close_event(struct json_writer *w, bool over) {
    w->comma = true;
    finish(w, over);
    json_object_end(w);
    json_array_end(w);
    json_object_end(w);
    buf_add(w->out, S("\n\n"));
}

/* ---- before a picture ---- */

static void begin_answer(struct media *m, struct buf *text) {
    const struct pictures *own = m->own;
    const struct server_header headers[] = {
        { S("Content-Type"),
          is_stream(own) ? S("text/event-stream; charset=utf-8") : S("application/json") },
        { S("X-Generation-Id"), str_c(m->id) },
        { S("Cache-Control"), S("no-cache") },
    };
    exchange_head(m->x, 200, headers, 3, -1);
    struct json_writer w = JSON_WRITER(text);
    switch (own->shape) {
    case SHAPE_IMAGES_STREAM: break;
    case SHAPE_CHAT_STREAM: buf_add(text, S(": OPENROUTER PROCESSING\n\n")); break;
    case SHAPE_IMAGES:
        json_object(&w);
        json_kint(&w, "created", m->created);
        json_kstring(&w, "model", S(MODEL_PICTURE));
        json_key(&w, S("data"));
        json_array(&w);
        break;
    case SHAPE_CHAT:
        chat_head(&w, m, "chat.completion");
        json_key(&w, S("system_fingerprint"));
        json_null(&w);
        json_key(&w, S("choices"));
        json_array(&w);
        break;
    }
}

static void begin(struct media *m, const struct engine_answer *a) {
    struct pictures *own = m->own;
    struct buf text = BUF_INIT(TEXT_MAX);
    if (!own->done) begin_answer(m, &text);
    struct json_writer w = { .out = &text, .comma = own->done > 0 };
    switch (own->shape) {
    case SHAPE_IMAGES:
        json_object(&w);
        json_kstring(&w, "media_type", a->type);
        json_key(&w, S("b64_json"));
        buf_addc(&text, '"');
        break;
    case SHAPE_IMAGES_STREAM:
        w.comma = false;
        buf_add(&text, S("event: image_generation.completed\ndata: "));
        json_object(&w);
        json_kstring(&w, "type", S("image_generation.completed"));
        json_kint(&w, "created", m->created);
        json_kstring(&w, "media_type", a->type);
        json_key(&w, S("b64_json"));
        buf_addc(&text, '"');
        break;
    case SHAPE_CHAT:
        json_object(&w);
        json_kint(&w, "index", own->done);
        finish(&w, true);
        json_key(&w, S("message"));
        json_object(&w);
        json_kstring(&w, "role", S("assistant"));
        words(&w, m);
        json_key(&w, S("refusal"));
        json_null(&w);
        json_key(&w, S("reasoning"));
        json_null(&w);
        open_image(&w, a->type);
        break;
    case SHAPE_CHAT_STREAM:
        w.comma = false;
        open_delta(&w, m);
        json_kstring(&w, "role", S("assistant"));
        words(&w, m);
        json_object_end(&w);
        close_event(&w, false);
        w.comma = false;
        open_delta(&w, m);
        open_image(&w, a->type);
        break;
    }
    send_text(m, &text);
}

static bool piece(struct media *m, str bytes) {
    struct pictures *own = m->own;
    return media_base64(&own->base64, m->x, bytes);
}

/* ---- after it ---- */

static void close_picture(struct media *m, struct buf *text) {
    struct pictures *own = m->own;
    struct json_writer w = { .out = text, .comma = true };
    own->done++; /* usage counts it */
    switch (own->shape) {
    case SHAPE_IMAGES: buf_add(text, S("\"}")); break;
    case SHAPE_IMAGES_STREAM:
        buf_addc(text, '"');
        usage(&w, m);
        buf_add(text, S("}\n\n"));
        break;
    case SHAPE_CHAT: buf_add(text, S(CLOSE_IMAGE "}}")); break;
    case SHAPE_CHAT_STREAM:
        own->done--;
        buf_add(text, S(CLOSE_IMAGE "}"));
        close_event(&w, false);
        w.comma = false;
        open_delta(&w, m);
        json_kstring(&w, "role", S("assistant"));
        json_kstring(&w, "content", S(""));
        json_object_end(&w);
        close_event(&w, true);
        own->done++;
        break;
    }
}

static void close_answer(struct media *m, struct buf *text) {
    const struct pictures *own = m->own;
    struct json_writer w = { .out = text, .comma = true };
    switch (own->shape) {
    case SHAPE_IMAGES:
    case SHAPE_CHAT:
        buf_addc(text, ']');
        usage(&w, m);
        buf_addc(text, '}');
        break;
    case SHAPE_CHAT_STREAM:
        w.comma = false;
        buf_add(text, S("data: "));
        chat_head(&w, m, "chat.completion.chunk");
        json_key(&w, S("choices"));
        json_array(&w);
        json_array_end(&w);
        usage(&w, m);
        buf_add(text, S("}\n\ndata: [DONE]\n\n"));
        break;
    case SHAPE_IMAGES_STREAM: buf_add(text, S("data: [DONE]\n\n")); break;
    }
}

static void done(struct media *m) {
    struct pictures *own = m->own;
    struct buf text = BUF_INIT(TEXT_MAX);
    media_base64_end(&own->base64, m->x);
    close_picture(m, &text);
    if (own->done < own->wanted) {
        send_text(m, &text);
        pictures_next(m);
        return;
    }
    close_answer(m, &text);
    send_text(m, &text);
    media_end(m);
}

const struct media_kind picture_kind = { begin, piece, done, NULL };
