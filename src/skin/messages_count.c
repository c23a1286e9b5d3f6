/* How many tokens a Messages request is, roughly. Only a model's own tokenizer knows; clients ask
 * in order to compact a conversation in time, so it had better be a little too many. */
#include "skin/messages.h"

enum { ONE_FILE = 1600, ONE_MESSAGE = 4 };

/* 3.5 bytes of ASCII make a token, and each other character. */
static int64_t of_text(str text) {
    size_t ascii = 0, others = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x80)
            ascii++;
        else if (c >= 0xC0)
            others++;
    }
    return (int64_t)((ascii * 2 + 6) / 7 + others);
}

static int64_t of_node(struct doc *d, doc_node n, bool is_source) {
    int64_t sum = 0;
    str text;
    if (is_source && doc_get(d, n, S("data"))) return ONE_FILE;
    if (doc_string(d, n, &text)) return of_text(text);
    for (doc_node c = doc_first(d, n); c; c = doc_next(d, c)) {
        str key = doc_key(d, c);
        if (str_eq(key, S("cache_control")) || str_eq(key, S("type"))) continue;
        sum += of_node(d, c, str_eq(key, S("source")));
    }
    return sum;
}

int64_t skin_messages_count(struct doc *d) {
    doc_node root = doc_root(d), messages = doc_get(d, root, S("messages"));
    return of_node(d, doc_get(d, root, S("system")), false) + of_node(d, messages, false) +
           of_text(doc_raw(d, doc_get(d, root, S("tools")))) +
           (int64_t)doc_len(d, messages) * ONE_MESSAGE;
}
