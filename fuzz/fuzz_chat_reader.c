/* Whatever a service sends: what was told piece by piece is what the reply says, text is UTF-8,
 * kept JSON is JSON, success has content and a finish, and a failure has a message of one line.
 * Input: a byte that chooses (stream, whole answer, error body), then one chunk a line. */
#include "../src/chat/chat_internal.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

static void check(bool good) {
    if (!good) abort();
}

struct told {
    struct buf text, reasoning;
    size_t calls;
};

static void on_text(void *ctx, str piece) {
    check(piece.n > 0 && utf8_valid(piece));
    buf_add(&((struct told *)ctx)->text, piece);
}

static void on_reasoning(void *ctx, str piece) {
    check(piece.n > 0 && utf8_valid(piece));
    buf_add(&((struct told *)ctx)->reasoning, piece);
}

static void on_call(void *ctx, const struct chat_tool_call *call) {
    check(call->arguments.n > 0 && call->arguments.n <= 256000);
    ((struct told *)ctx)->calls++;
}

static bool is_json(str text, enum doc_type type) {
    struct doc *d;
    if (doc_parse(&d, text, DOC_JSON, NULL, NULL) != CHELA_OK) return false;
    bool good = doc_type(d, doc_root(d)) == type;
    doc_free(d);
    return good;
}

static void check_reply(const struct chat_reply *r, const struct told *told, enum chela_error rc) {
    check(str_eq(r->text, buf_str(&told->text)));
    check(str_eq(r->reasoning, buf_str(&told->reasoning)));
    check(!r->reasoning_details.n || is_json(r->reasoning_details, DOC_ARRAY));
    check(!r->usage.raw.n || is_json(r->usage.raw, DOC_OBJECT));
    check(r->usage.prompt >= -1 && r->usage.completion >= -1 && r->usage.total >= -1);
    if (rc != CHELA_OK) {
        check(told->calls == 0);
        return;
    }
    check(str_trim(r->text).n || r->call_count);
    check(told->calls == r->call_count);
    check(str_eq(r->finish_reason, S("stop")) || str_eq(r->finish_reason, S("length")) ||
          str_eq(r->finish_reason, S("tool_calls")));
}

static void check_error(enum chela_error rc, const struct err *e) {
    if (rc == CHELA_OK) return;
    check(e->code == rc && e->message[0] && !strchr(e->message, '\n'));
}

static void read_answer(str input, bool whole) {
    struct arena arena = ARENA_INIT(64u << 20);
    struct told told = { BUF_INIT(64u << 20), BUF_INIT(64u << 20), 0 };
    const struct chat_events events = {
        .ctx = &told, .on_text = on_text, .on_reasoning = on_reasoning, .on_call = on_call
    };
    struct chat_reader *r = chat_reader_new(&arena, &events);
    check(r != NULL);
    struct err e = ERR_INIT;
    enum chela_error rc = CHELA_OK;
    str line;
    if (whole) rc = chat_reader_whole(r, input, &e);
    while (!whole && input.n && rc == CHELA_OK) {
        str_cut(input, '\n', &line, &input);
        rc = chat_reader_chunk(r, line, &e);
    }
    struct chat_reply reply;
    if (rc == CHELA_OK)
        rc = chat_reader_finish(r, &reply, &e);
    else
        chat_reader_partial(r, &reply);
    check_reply(&reply, &told, rc);
    check_error(rc, &e);
    chat_reader_free(r);
    arena_free(&arena);
    buf_free(&told.text);
    buf_free(&told.reasoning);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    str input = { (const char *)data + 1, size - 1 };
    switch (data[0] % 4) {
    case 0: read_answer(input, true); break;
    case 1: {
        static const int statuses[] = { 302, 400, 401, 403, 404, 429, 500, 529 };
        struct err e = ERR_INIT;
        const char *type = data[0] & 64 ? "text/html" : "application/json";
        enum chela_error rc = chat_http_error(statuses[data[0] >> 2 & 7], str_c(type), input, &e);
        check(rc != CHELA_OK);
        check_error(rc, &e);
        break;
    }
    default: read_answer(input, false);
    }
    return 0;
}
