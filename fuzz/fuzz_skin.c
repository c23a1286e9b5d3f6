/* The skins: any body is translated or refused with a reason, any stream of a chat is translated
 * the same whatever its pieces, and a native stream passes as it came. What is made is JSON. Byte 0
 * chooses what is tried, byte 1 the pieces. */
#include "gateway/relay.h"
#include "skin/skin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what) {
    if (!what) abort();
}

static void must_be_json(str text) {
    struct doc *d = NULL;
    must(doc_parse(&d, text, DOC_JSON, NULL, NULL) == CHELA_OK);
    doc_free(d);
}

static const struct skin_facts facts = { .request_id = STR_INIT("req-1"), .unix_s = 1790000000 };

static void try_request(const struct skin *skin, str bytes, const struct skin_target *to) {
    struct doc *d = NULL;
    struct buf chat = BUF_INIT(1 << 22), echo = BUF_INIT(1 << 22);
    struct err e = ERR_INIT;
    if (doc_parse(&d, bytes, DOC_JSON, NULL, NULL) != CHELA_OK) return;
    if (doc_type(d, doc_root(d)) == DOC_OBJECT) { /* as the gateway sees to */
        enum chela_error code = skin->request(d, to, &chat, &e);
        must(code == e.code);
        if (code == CHELA_OK)
            must_be_json(buf_str(&chat));
        else
            must(e.message[0] != 0);
        if (skin->echo) skin->echo(d, &echo);
        skin_messages_count(d);
        must(skin->unseal(d, &e) == CHELA_OK);
    }
    doc_free(d);
    buf_free(&chat);
    buf_free(&echo);
}

static void try_answer(const struct skin *skin, str bytes) {
    struct buf out = BUF_INIT(1 << 22);
    struct err e = ERR_INIT;
    if (skin_answer(skin, bytes, &facts, &out, &e) == CHELA_OK)
        must_be_json(buf_str(&out));
    else
        must(e.message[0] != 0);
    buf_free(&out);
}

/* Every event is a name and one line of JSON. */
static void must_be_events(str text) {
    str line;
    while (text.n) {
        must(str_cut(text, '\n', &line, &text));
        if (str_starts(line, S("data: ")) && !str_eq(line, S("data: [DONE]")))
            must_be_json(str_skip(line, 6));
        else
            must(!line.n || str_starts(line, S("event: ")) || str_eq(line, S("data: [DONE]")));
    }
}

static enum chela_error feed(const struct skin *skin, str bytes, size_t step, struct buf *out) {
    struct skin_stream *s = skin_stream_new(skin, &facts);
    struct err e = ERR_INIT;
    enum chela_error code = CHELA_OK;
    must(s != NULL);
    for (size_t at = 0; at < bytes.n && code == CHELA_OK; at += step)
        code = skin_stream_take(s, str_head(str_skip(bytes, at), step), out, &e);
    if (code == CHELA_OK) code = skin_stream_end(s, (str){ 0 }, out, &e);
    if (code != CHELA_OK)
        skin_stream_fail(s, &(struct skin_failure){ .status = 502, .message = S("m") }, out);
    skin_stream_free(s);
    return code;
}

static void try_stream(const struct skin *skin, str bytes, size_t step) {
    struct buf whole = BUF_INIT(1 << 22), parts = BUF_INIT(1 << 22);
    enum chela_error code = feed(skin, bytes, bytes.n, &whole);
    must(feed(skin, bytes, step, &parts) == code);
    if (!whole.failed && !parts.failed) {
        must(str_eq(buf_str(&whole), buf_str(&parts)));
        must_be_events(buf_str(&whole));
    }
    buf_free(&whole);
    buf_free(&parts);
}

static enum relay_verdict pass(struct relay *r, str bytes, size_t step, struct buf *given) {
    enum relay_verdict v = RELAY_GO;
    for (size_t at = 0; at < bytes.n && v == RELAY_GO; at += step) {
        str out;
        v = relay_take(r, str_head(str_skip(bytes, at), step), &out);
        buf_add(given, out);
        relay_given(r);
    }
    return v;
}

static void try_native(const struct skin *skin, str bytes, size_t step) {
    struct relay whole, parts;
    struct buf given = BUF_INIT(1 << 20), given_parts = BUF_INIT(1 << 20);
    relay_init(&whole);
    relay_init(&parts);
    must(relay_is_native(&whole, skin) && relay_is_native(&parts, skin));
    must(pass(&whole, bytes, bytes.n, &given) == pass(&parts, bytes, step, &given_parts));
    must(str_eq(buf_str(&given), buf_str(&given_parts)));
    must(str_starts(bytes, buf_str(&given)));
    must(whole.content == parts.content && whole.finished == parts.finished);
    must(str_eq(buf_str(&whole.usage), buf_str(&parts.usage)));
    if (whole.usage.n) must_be_json(buf_str(&whole.usage));
    relay_free(&whole);
    relay_free(&parts);
    buf_free(&given);
    buf_free(&given_parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3 || size > 1 << 15) return 0;
    const struct skin *skin = data[0] & 1 ? &skin_messages : &skin_responses;
    const struct skin_target to = { .openrouter = data[0] & 2, .reasons = data[0] & 4 };
    size_t step = data[1] + 1u, n = size - 2;
    char *copy = malloc(n); /* of its size, so that nothing is read beyond it */
    must(copy != NULL);
    memcpy(copy, data + 2, n);
    str bytes = { copy, n };
    switch (data[0] >> 4 & 3) {
    case 0: try_request(skin, bytes, &to); break;
    case 1: try_answer(skin, bytes); break;
    case 2: try_stream(skin, bytes, step); break;
    default: try_native(skin, bytes, step); break;
    }
    free(copy);
    return 0;
}
