/* POST /embeddings: texts to vectors, as floats or as base64 of little-endian 32-bit floats (which
 * the OpenAI SDK asks for without saying so). */
#include "base/base64.h"
#include "doc/json_write.h"
#include "sandbox/media.h"
#include "sandbox/media_routes.h"
#include "sandbox/models.h"
#include "sandbox/words.h"

#include <string.h>

enum { TEXT_MOST = 1 << 20, INPUTS_MOST = 2048, DIMENSIONS = 256, ANSWER_MAX = 64 << 20 };

struct embedding {
    bool base64;
    size_t dimensions;
    int64_t tokens;
};

/* ---- the input ---- */

/* An array of numbers is a text of tokens. Nobody's tokenizer is here, so each is a word. */
static bool add_tokens(struct fields *f, doc_node list, struct buf *text) {
    int64_t token;
    for (doc_node c = doc_first(f->d, list); c; c = doc_next(f->d, c)) {
        if (!doc_int(f->d, c, &token)) return false;
        buf_addf(text, "%lld ", (long long)token);
    }
    return text->n > 0;
}

/* {content: [{type: text, text}, …]}: its texts. Pictures and sounds have no words to hash. */
static bool add_parts(struct fields *f, doc_node object, struct buf *text) {
    str piece;
    doc_node list = doc_get(f->d, object, S("content"));
    for (doc_node c = doc_first(f->d, list); c; c = doc_next(f->d, c))
        if (doc_string(f->d, doc_get(f->d, c, S("text")), &piece)) {
            buf_add(text, piece);
            buf_addc(text, ' ');
        }
    return text->n > 0;
}

static void add_input(struct fields *f, doc_node n, struct embedding *own, struct json_writer *w) {
    static const char expected[] =
        "a text that is not empty, an array of texts or of token ids, or "
        "objects whose content has a text";
    struct buf text = BUF_INIT(TEXT_MOST);
    str value = { 0 };
    bool good;
    switch (doc_type(f->d, n)) {
    case DOC_ARRAY: good = add_tokens(f, n, &text); break;
    case DOC_OBJECT: good = add_parts(f, n, &text); break;
    default: good = doc_string(f->d, n, &value) && value.n && buf_add(&text, value);
    }
    if (text.failed && f->e.code == CHELA_OK)
        err_set(&f->e, CHELA_LIMIT, "input: a text is longer than 1 MiB");
    else if (!good)
        fields_wrong(f, "input", expected);
    own->tokens += text_tokens(buf_str(&text));
    json_string(w, buf_str(&text));
    buf_free(&text);
}

static void read_input(struct fields *f, struct embedding *own, struct json_writer *w) {
    doc_node n = fields_get(f, "input"), first = doc_first(f->d, n);
    bool list = doc_type(f->d, n) == DOC_ARRAY && doc_type(f->d, first) != DOC_NUMBER;
    if (list && doc_len(f->d, n) > INPUTS_MOST)
        fields_wrong(f, "input", "at most 2048 texts");
    else if (list && !first)
        fields_wrong(f, "input", "at least one text");
    else if (!list)
        add_input(f, n, own, w);
    else
        for (doc_node c = first; c && f->e.code == CHELA_OK; c = doc_next(f->d, c))
            add_input(f, c, own, w);
}

/* ---- the answer ---- */

static void write_vector(struct json_writer *w, str bytes, bool base64) {
    if (base64) {
        struct buf text = BUF_INIT(8192);
        base64_encode(&text, bytes);
        json_string(w, buf_str(&text));
        buf_free(&text);
        return;
    }
    json_array(w);
    for (size_t at = 0; at < bytes.n; at += sizeof(float)) {
        struct buf number = BUF_INIT(64);
        float value;
        memcpy(&value, bytes.p + at, sizeof value);
        buf_addf(&number, "%.9g", (double)value);
        json_raw(w, buf_str(&number));
        buf_free(&number);
    }
    json_array_end(w);
}

static void write_answer(struct media *m, struct buf *out) {
    const struct embedding *own = m->own;
    struct json_writer w = JSON_WRITER(out);
    size_t bytes = own->dimensions * sizeof(float);
    json_object(&w);
    json_kstring(&w, "object", S("list"));
    json_kstring(&w, "id", str_c(m->id));
    json_kstring(&w, "model", S(MODEL_EMBEDDING));
    json_kstring(&w, "provider", S("local"));
    json_key(&w, S("data"));
    json_array(&w);
    for (size_t i = 0; (i + 1) * bytes <= m->whole.n; i++) {
        json_object(&w);
        json_kstring(&w, "object", S("embedding"));
        json_kint(&w, "index", (int64_t)i);
        json_key(&w, S("embedding"));
        write_vector(&w, str_head(str_skip(buf_str(&m->whole), i * bytes), bytes), own->base64);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_key(&w, S("usage"));
    json_object(&w);
    json_kint(&w, "prompt_tokens", own->tokens);
    json_kint(&w, "total_tokens", own->tokens);
    json_kint(&w, "cost", 0);
    json_object_end(&w);
    json_object_end(&w);
}

static void embedding_done(struct media *m) {
    struct buf json = BUF_INIT(ANSWER_MAX);
    write_answer(m, &json);
    media_answer(m, 200, &json);
}

static const struct media_kind embedding_kind = { NULL, NULL, embedding_done, NULL };

void serve_embeddings(const struct sandbox_api *api, struct exchange *x) {
    struct media *m = media_open(api, x, &embedding_kind, sizeof(struct embedding));
    if (!m) return;
    struct fields *f = &m->f;
    struct embedding *own = m->own;
    struct json_writer w = JSON_WRITER(&m->ask);
    fields_needed(f, "model", 256);
    str format = fields_text(f, "encoding_format", "float", 16);
    own->base64 = str_eq(format, S("base64"));
    if (!own->base64 && !str_eq(format, S("float")))
        fields_wrong(f, "encoding_format", "float or base64");
    own->dimensions = (size_t)fields_int(f, "dimensions", DIMENSIONS, 1, DIMENSIONS);
    json_object(&w);
    json_kint(&w, "dimensions", (int64_t)own->dimensions);
    json_key(&w, S("inputs"));
    json_array(&w);
    read_input(f, own, &w);
    json_array_end(&w);
    json_object_end(&w);
    media_ask(m, "/embed", S("application/json"), buf_str(&m->ask));
}
