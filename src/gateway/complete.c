#include "gateway/complete.h"

#include "base/buf.h"
#include "base/clock.h"
#include "doc/json_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Out of memory: then the answer stays as it is. */
static void add(struct doc *d, doc_node object, const char *key, const char *value) {
    if (!doc_get(d, object, str_c(key))) doc_set(d, object, str_c(key), str_c(value), NULL);
}

static void add_string(struct doc *d, doc_node object, const char *key, str value) {
    struct buf quoted = BUF_INIT(4096);
    if (doc_get(d, object, str_c(key))) return;
    json_quote(&quoted, value);
    if (!quoted.failed) doc_set(d, object, str_c(key), buf_str(&quoted), NULL);
    buf_free(&quoted);
}

static void set_int(struct doc *d, doc_node object, const char *key, int64_t value) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    doc_set(d, object, str_c(key), str_c(text), NULL);
}

static int64_t tokens(struct doc *d, doc_node usage, const char *key) {
    int64_t n = 0;
    doc_node said = doc_get(d, usage, str_c(key));
    if (!said) set_int(d, usage, key, 0);
    doc_int(d, said, &n);
    return n;
}

static void complete_usage(struct doc *d, doc_node usage) {
    static const char *const details[][2] = {
        { "prompt_tokens_details", "cached_tokens" },
        { "completion_tokens_details", "reasoning_tokens" },
    };
    if (doc_type(d, usage) != DOC_OBJECT) return;
    int64_t all = tokens(d, usage, "prompt_tokens") + tokens(d, usage, "completion_tokens");
    if (!doc_get(d, usage, S("total_tokens"))) set_int(d, usage, "total_tokens", all);
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
        doc_node one = doc_get(d, usage, str_c(details[i][0]));
        if (doc_type(d, one) == DOC_OBJECT) add(d, one, details[i][1], "0");
    }
}

static void complete_created(struct doc *d, doc_node root) {
    doc_node created = doc_get(d, root, S("created"));
    int64_t whole;
    double seconds;
    if (doc_int(d, created, &whole)) return;
    bool said = doc_number(d, created, &seconds) && seconds >= 0 && seconds < 1e15;
    set_int(d, root, "created", said ? (int64_t)seconds : clock_unix_ms() / 1000);
}

void complete_answer(struct doc *d, str id, str model, bool chat) {
    doc_node root = doc_root(d);
    int64_t index = 0;
    add_string(d, root, "id", id);
    add_string(d, root, "model", model);
    add(d, root, "object", chat ? "\"chat.completion\"" : "\"text_completion\"");
    add(d, root, "system_fingerprint", "null");
    complete_created(d, root);
    doc_node choices = doc_get(d, root, S("choices"));
    for (doc_node c = doc_first(d, choices); c; c = doc_next(d, c), index++) {
        doc_node message = doc_get(d, c, S("message"));
        if (doc_type(d, c) != DOC_OBJECT) continue;
        if (!doc_get(d, c, S("index"))) set_int(d, c, "index", index);
        add(d, c, "finish_reason", "null");
        if (doc_type(d, message) == DOC_OBJECT) add(d, message, "role", "\"assistant\"");
    }
    complete_usage(d, doc_get(d, root, S("usage")));
}

/* ---- streams ---- */

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* The member from `key` to `end`, with one of its commas. */
static void blank_member(char *first, char *key, char *end, char *last) {
    char *from = key, *to = end;
    while (to < last && is_blank(*to)) to++;
    if (to < last && *to == ',') {
        to++;
    } else {
        to = end;
        while (from > first && is_blank(from[-1])) from--;
        from = from > first && from[-1] == ',' ? from - 1 : key;
    }
    memset(from, ' ', (size_t)(to - from));
}

/* Inside a string the quotes would be escaped, so a key cannot be found in a text. */
void complete_events(char *bytes, size_t n) {
    static const str keys[] = { STR_INIT("\"usage\":"), STR_INIT("\"error\":"),
                                STR_INIT("\"system_fingerprint\":"), STR_INIT("\"role\":") };
    char *last = bytes + n;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char *at = bytes;
        while ((at = memmem(at, (size_t)(last - at), keys[i].p, keys[i].n)) != NULL) {
            char *value = at + keys[i].n;
            while (value < last && is_blank(*value)) value++;
            if (last - value >= 4 && memcmp(value, "null", 4) == 0)
                blank_member(bytes, at, value + 4, last);
            at = value;
        }
    }
}
