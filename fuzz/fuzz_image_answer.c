/* Pictures taken out of an answer while it arrives are those that the whole document holds, byte
 * for byte and in the same order, however the answer was cut. Input: four bytes that seed the cuts,
 * the answer. */
#include "base/base64.h"
#include "doc/doc.h"
#include "media/image_answer.h"
#include "pieces.h"

struct pictures {
    struct buf bytes[IMAGE_ANSWER_MOST];
    size_t count;
    bool too_many;
};

/* ---- the document, read by the letter of image_answer.h ---- */

static void add(struct pictures *p, str base64) {
    if (!base64.n) return;
    if (p->count == IMAGE_ANSWER_MOST) {
        p->too_many = true;
        return;
    }
    struct buf *b = &p->bytes[p->count];
    buf_init(b, 16u << 20);
    if (base64_decode(b, base64) && b->n)
        p->count++;
    else
        buf_free(b);
}

static void add_url(struct pictures *p, str url) {
    str head, data;
    if (!str_cut(url, ',', &head, &data) || head.n > 256) return;
    head = str_trim(head);
    str start = S("data:image/"), end = S(";base64");
    if (str_istarts(head, start) && head.n >= start.n + end.n &&
        str_ieq(str_skip(head, head.n - end.n), end))
        add(p, data);
}

static bool digit(char c) {
    char l = ascii_lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

static void add_running_text(struct pictures *p, str text) {
    for (size_t i = 0; i < text.n;) {
        if (!str_istarts(str_skip(text, i), S("data:image/"))) {
            i++;
            continue;
        }
        size_t at = i + 11, n = 0;
        while (at < text.n && n < 64 && (unsigned char)text.p[at] > ' ' && text.p[at] != 0x7f &&
               !strchr("\"'<>(),;", text.p[at])) {
            at++;
            n++;
        }
        i = at; /* what was read as a subtype is not read again */
        if (!n || at == text.n || text.p[at] != ';') continue;
        size_t word = 0;
        for (at++; at < text.n && word < 7 && ascii_lower(text.p[at]) == "base64,"[word]; at++)
            word++;
        i = at;
        if (word < 7) continue;
        while (at < text.n && digit(text.p[at])) at++;
        add(p, (str){ text.p + i, at - i });
        i = at;
    }
}

/* The url of an image_url object; false: there is no string. */
static bool url_of(struct doc *d, doc_node item, str key, str *url) {
    return doc_string(d, doc_get(d, doc_get(d, item, key), S("url")), url);
}

static void add_part(struct pictures *p, struct doc *d, doc_node part) {
    str text;
    if (doc_type(d, part) != DOC_OBJECT) return;
    bool is_url = doc_string(d, doc_get(d, part, S("type")), &text) && str_eq(text, S("image_url"));
    if (is_url &&
        (url_of(d, part, S("image_url"), &text) || url_of(d, part, S("imageUrl"), &text))) {
        add_url(p, text);
        return;
    }
    const doc_node data[] = { doc_get(d, part, S("b64_json")),
                              doc_get(d, doc_get(d, part, S("inlineData")), S("data")),
                              doc_get(d, doc_get(d, part, S("inline_data")), S("data")) };
    for (size_t i = 0; i < 3; i++) {
        if (!doc_string(d, data[i], &text) || !text.n) continue;
        add(p, text);
        return;
    }
}

static void add_message(struct pictures *p, struct doc *d, doc_node message) {
    doc_node images = doc_get(d, message, S("images")), content = doc_get(d, message, S("content"));
    str text;
    if (doc_type(d, images) == DOC_ARRAY)
        for (doc_node n = doc_first(d, images); n; n = doc_next(d, n))
            if (url_of(d, n, S("image_url"), &text) || url_of(d, n, S("imageUrl"), &text))
                add_url(p, text);
    if (doc_string(d, content, &text)) add_running_text(p, text);
    if (doc_type(d, content) == DOC_ARRAY)
        for (doc_node n = doc_first(d, content); n; n = doc_next(d, n)) add_part(p, d, n);
}

static void read_document(struct pictures *p, struct doc *d) {
    str text;
    doc_node root = doc_root(d);
    if (doc_type(d, root) != DOC_OBJECT) return;
    doc_node choices = doc_get(d, root, S("choices")), data = doc_get(d, root, S("data"));
    if (doc_type(d, choices) == DOC_ARRAY)
        for (doc_node n = doc_first(d, choices); n; n = doc_next(d, n))
            add_message(p, d, doc_get(d, n, S("message")));
    if (doc_type(d, data) == DOC_ARRAY)
        for (doc_node n = doc_first(d, data); n; n = doc_next(d, n))
            if (doc_string(d, doc_get(d, n, S("b64_json")), &text)) add(p, text);
}

/* ---- the stream ---- */

struct held {
    struct buf bytes[IMAGE_ANSWER_MOST];
    bool open[IMAGE_ANSWER_MOST];
    unsigned count;
};

static enum chela_error begin(void *ctx, unsigned *handle, struct err *e) {
    (void)e;
    struct held *h = ctx;
    check(h->count < IMAGE_ANSWER_MOST);
    buf_init(&h->bytes[h->count], 16u << 20);
    h->open[h->count] = true;
    *handle = h->count++;
    return CHELA_OK;
}

static enum chela_error write_bytes(void *ctx, unsigned handle, str bytes, struct err *e) {
    (void)e;
    struct held *h = ctx;
    check(h->open[handle] && bytes.n);
    buf_add(&h->bytes[handle], bytes);
    return CHELA_OK;
}

static void drop(void *ctx, unsigned handle) {
    struct held *h = ctx;
    check(h->open[handle]);
    h->open[handle] = false;
}

static enum chela_error feed(void *answer, str piece) {
    return image_answer_feed(answer, piece, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 4) return 0;
    uint32_t seed;
    memcpy(&seed, data, 4);
    str text = { (const char *)data + 4, size - 4 };
    static struct pictures whole;
    static struct held held;
    whole.count = held.count = 0;
    whole.too_many = false;
    struct doc *d = NULL;
    enum chela_error expected = doc_parse(&d, text, DOC_JSON, NULL, NULL);
    if (expected == CHELA_OK) read_document(&whole, d);
    const struct image_sink sink = { &held, begin, write_bytes, drop };
    struct image_answer *a = image_answer_new(&sink);
    check(a != NULL);
    enum chela_error rc = feed_pieces(text, seed, 40, a, feed);
    if (rc == CHELA_OK) rc = image_answer_end(a, NULL);
    unsigned handles[IMAGE_ANSWER_MOST];
    size_t count = image_answer_pictures(a, handles);
    struct doc *rest = NULL;
    if (rc == CHELA_OK && image_answer_rest(a).n)
        check(doc_parse(&rest, image_answer_rest(a), DOC_JSON, NULL, NULL) == CHELA_OK);
    doc_free(rest);
    image_answer_free(a);
    if (rc != CHELA_LIMIT) check((rc == CHELA_OK) == (expected == CHELA_OK));
    if (rc == CHELA_OK && !whole.too_many) {
        check(count == whole.count);
        for (size_t i = 0; i < count; i++) {
            check(held.open[handles[i]]);
            check(str_eq(buf_str(&held.bytes[handles[i]]), buf_str(&whole.bytes[i])));
            held.open[handles[i]] = false;
        }
        for (unsigned i = 0; i < held.count; i++)
            check(!held.open[i]); /* all others were dropped */
    }
    doc_free(d);
    for (size_t i = 0; i < whole.count; i++) buf_free(&whole.bytes[i]);
    for (unsigned i = 0; i < held.count; i++) buf_free(&held.bytes[i]);
    return 0;
}
