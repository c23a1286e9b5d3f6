#include "engines/embed.h"

#include "engines/task.h"
#include "engines/work.h"

#include <math.h>
#include <string.h>

enum { RUN_LEAST = 3, RUN_MOST = 5, WORD_MOST = 64, TEXTS_MOST = 2048 };

#define WORD_WEIGHT     1.0F
#define FUNCTION_WEIGHT 0.15F
#define PAIR_WEIGHT     0.4F
#define RUN_WEIGHT      0.5F /* of all runs of a word together */

/* FNV-1a, then a mix: its low bits alone are poor. */
static uint64_t hash_of(uint64_t seed, str s) {
    uint64_t h = 14695981039346656037u ^ seed;
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211u;
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    return h ^ h >> 33;
}

static void add(float *out, unsigned dimensions, uint64_t hash, float weight) {
    out[hash % dimensions] += hash >> 63 ? weight : -weight;
}

static bool is_function_word(str word) {
    static const char words[] =
        " a about all also am an and any are as at be been but by can could did do does for from "
        "had has have he her him his how i if in into is it its just me more my no not of on or "
        "our "
        "she should so some than that the their them then there these they this to too up us was "
        "we "
        "were what when which who will with would you your ";
    char padded[WORD_MOST + 3];
    padded[0] = padded[word.n + 1] = ' ';
    memcpy(padded + 1, word.p, word.n);
    return str_has(str_c(words), (str){ padded, word.n + 2 });
}

/* Bytes of a UTF-8 sequence go together, so a run never ends inside a character. */
static size_t next_character(str s, size_t at) {
    for (at++; at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80;) at++;
    return at;
}

static void add_runs(float *out, unsigned dimensions, str padded, float weight) {
    size_t count = 0;
    for (int pass = 0; pass < 2; pass++) { /* to weigh them, they must be counted first */
        for (size_t from = 0; from < padded.n; from = next_character(padded, from)) {
            size_t to = from;
            for (unsigned n = 1; n <= RUN_MOST && to < padded.n; n++) {
                to = next_character(padded, to);
                if (n < RUN_LEAST) continue;
                if (pass == 0)
                    count++;
                else
                    add(out, dimensions, hash_of(2, str_head(str_skip(padded, from), to - from)),
                        weight / sqrtf((float)count));
            }
        }
    }
}

static void add_word(float *out, unsigned dimensions, str word, uint64_t *before) {
    char padded[WORD_MOST + 3];
    bool empty = is_function_word(word);
    uint64_t h = hash_of(1, word);
    add(out, dimensions, h, empty ? FUNCTION_WEIGHT : WORD_WEIGHT);
    if (empty) return;
    padded[0] = '<';
    memcpy(padded + 1, word.p, word.n);
    padded[word.n + 1] = '>';
    add_runs(out, dimensions, (str){ padded, word.n + 2 }, RUN_WEIGHT);
    if (*before) {
        uint64_t pair = hash_of(*before, word);
        add(out, dimensions, pair, PAIR_WEIGHT);
    }
    *before = h;
}

static bool in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

void embed_text(str text, float *out, unsigned dimensions) {
    char word[WORD_MOST];
    size_t n = 0;
    uint64_t before = 0;
    double square = 0;
    memset(out, 0, dimensions * sizeof *out);
    for (size_t i = 0; i <= text.n; i++) {
        char c = i < text.n ? ascii_lower(text.p[i]) : ' ';
        if (in_word(c)) {
            if (n < WORD_MOST) word[n++] = c;
        } else if (n) {
            add_word(out, dimensions, (str){ word, n }, &before);
            n = 0;
        }
    }
    for (unsigned i = 0; i < dimensions; i++) square += (double)out[i] * (double)out[i];
    if (square < 1e-12) {
        for (size_t i = 0; i <= text.n; i++) add(out, dimensions, hash_of(3, str_head(text, i)), 1);
        square = 0;
        for (unsigned i = 0; i < dimensions; i++) square += (double)out[i] * (double)out[i];
    }
    if (square < 1e-12) { /* every feature met its opposite */
        out[0] = 1;
        square = 1;
    }
    for (unsigned i = 0; i < dimensions; i++) out[i] = (float)((double)out[i] / sqrt(square));
}

/* Request {inputs: [text], dimensions}; the answer is the vectors one after the other,
 * little-endian 32-bit floats. */
void embed_work(struct task *t) {
    unsigned dimensions = (unsigned)task_int(t, "dimensions", EMBED_MOST, 1, EMBED_MOST);
    doc_node list = t->doc ? doc_get(t->doc, doc_root(t->doc), S("inputs")) : 0;
    if (doc_type(t->doc, list) != DOC_ARRAY || doc_len(t->doc, list) > TEXTS_MOST) {
        t->code = err_set(&t->e, CHELA_INPUT, "inputs: expected an array of at most %d texts",
                          TEXTS_MOST);
        return;
    }
    for (doc_node c = doc_first(t->doc, list); c; c = doc_next(t->doc, c)) {
        float vector[EMBED_MOST];
        str text;
        if (!doc_string(t->doc, c, &text)) {
            t->code = err_set(&t->e, CHELA_INPUT, "inputs: expected texts");
            return;
        }
        embed_text(text, vector, dimensions);
        buf_add(&t->out, (str){ (const char *)vector, dimensions * sizeof *vector });
    }
    t->type = "application/octet-stream";
}

const char *embed_missing(void) {
    return NULL;
}
