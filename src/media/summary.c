#include "media/summary.h"

#include "doc/json_write.h"

enum { LEAST = 100, MOST = 10000, MAX_BODY = 8 << 20 };
static const double temperature = 0.3;

static void write_body(const struct summary *q, struct buf *out) {
    struct buf words = BUF_INIT(MAX_BODY);
    struct json_writer w = JSON_WRITER(out);
    buf_addf(&words,
             "The text below will be read aloud. Say what matters in it with at most %lld "
             "characters: in its own language, in plain sentences that can be spoken, without "
             "Markdown, and with nothing before or after them.\n\n",
             (long long)q->length);
    buf_add(&words, q->text);
    json_object(&w);
    json_key(&w, S("messages"));
    json_array(&w);
    json_object(&w);
    json_kstring(&w, "role", S("user"));
    json_kstring(&w, "content", buf_str(&words));
    json_object_end(&w);
    json_array_end(&w);
    json_kint(&w, "max_tokens", (q->length + 1) / 2);
    json_key(&w, S("temperature"));
    json_double(&w, temperature);
    json_object_end(&w);
    if (words.failed) buf_free(out);
    buf_free(&words);
}

static enum chela_error ask(const struct summary *q, struct config *c, str body, struct arena *a,
                            str *out, struct chat_usage *used, struct err *e) {
    struct chat chat = { 0 };
    struct chat_reply reply = { 0 };
    struct http_timeouts timeouts = http_default_timeouts;
    const struct chat_input in = {
        .kind = CALL_RAW, .model = q->model, .agent = q->agent, .raw_body = body
    };
    timeouts.total = q->timeout_ms;
    enum chela_error rc = chat_begin(&chat, c, &in, e);
    if (rc == CHELA_OK) {
        rc = chat_send(&chat, NULL, &timeouts, q->cancel, &reply, e);
        *used = reply.usage;
        used->raw = (str){ 0 };
    }
    if (rc == CHELA_OK) *out = arena_dup(a, str_trim(reply.text));
    if (rc == CHELA_OK && !out->n) rc = err_set(e, CHELA_EMPTY, "the summary is empty");
    chat_end(&chat);
    return rc;
}

enum chela_error summary_make(const struct summary *q, struct config *c, struct arena *a, str *out,
                              struct chat_usage *used, struct err *e) {
    struct buf body = BUF_INIT(MAX_BODY);
    chat_usage_read(used, S(""));
    if (q->length < LEAST || q->length > MOST)
        return err_set(e, CHELA_INPUT, "a summary has %d to %d characters, not %lld", LEAST, MOST,
                       (long long)q->length);
    write_body(q, &body);
    enum chela_error rc = body.n ? ask(q, c, buf_str(&body), a, out, used, e)
                                 : err_set(e, CHELA_LIMIT, "the text is too long to be summed up");
    buf_free(&body);
    return rc;
}
