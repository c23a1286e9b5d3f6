/* Reads a chat request, edits it in three places and writes it: what the gateway does to each one.
 *
 *     doc_bench make BYTES >FILE     a request of about that size, the same on every machine
 *     doc_bench run FILE             microseconds of one round, the best of many
 *     doc_bench edit FILE            the edited request, to compare with the other programs'
 */
#include "base/file.h"
#include "doc/doc.h"
#include "doc/json_write.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Prose as it is in prompts: words, quotes, line breaks, code, and a sentence of Korean. */
static void add_text(struct buf *out, size_t bytes, uint32_t *state) {
    static const char *const words[] = { "the",     "request", "of",       "a",      "model",
                                         "returns", "tokens",  "and",      "prompt", "function",
                                         "value",   "is",      "returned", "when",   "context",
                                         "that",    "we",      "answer",   "should", "file" };
    size_t end = out->n + bytes, count = sizeof words / sizeof words[0];
    while (out->n < end) {
        uint32_t r = next_random(state) % 100;
        if (r < 2)
            buf_add(out, S(".\n\n"));
        else if (r < 3)
            buf_add(out, S(" \"quoted\""));
        else if (r < 4)
            buf_add(out, S("\n    if (x < 1) {\n        return \"\\\\\";\n    }\n"));
        else if (r < 6)
            buf_add(out, S(" 모델이 답을 돌려주면 화면에 보여 준다."));
        else
            buf_addf(out, " %s", words[next_random(state) % count]);
    }
}

static int make(size_t bytes) {
    struct buf out = BUF_INIT(64u << 20), text = BUF_INIT(64u << 20);
    struct json_writer w = JSON_WRITER(&out);
    uint32_t state = 42;
    json_object(&w);
    json_kstring(&w, "model", S("anthropic/claude-sonnet-4.5"));
    json_kbool(&w, "stream", true);
    json_kbool(&w, "store", false);
    json_kint(&w, "max_tokens", 4096);
    json_key(&w, S("messages"));
    json_array(&w);
    for (unsigned i = 0; i == 0 || out.n < bytes; i++) {
        /* A long system prompt, then turns of 200 to 3,000 bytes. */
        size_t size = i ? 200 + next_random(&state) % 2800 : 1000 + bytes / 8;
        if (size > bytes - out.n) size = bytes - out.n;
        buf_clear(&text);
        add_text(&text, size > 160 ? size - 160 : 0, &state);
        json_object(&w);
        json_kstring(&w, "role", i == 0 ? S("system") : i % 2 ? S("user") : S("assistant"));
        json_key(&w, S("content"));
        if (i % 3 == 0) {
            json_array(&w);
            json_object(&w);
            json_kstring(&w, "type", S("text"));
            json_kstring(&w, "text", buf_str(&text));
            json_object_end(&w);
            json_array_end(&w);
        } else {
            json_string(&w, buf_str(&text));
        }
        json_object_end(&w);
    }
    json_array_end(&w);
    json_key(&w, S("temperature"));
    json_double(&w, 0.7);
    json_object_end(&w);
    fwrite(out.p, 1, out.n, stdout);
    buf_free(&out);
    buf_free(&text);
    return 0;
}

static void round_trip(str request, struct buf *out) {
    struct err e = ERR_INIT;
    struct doc *d = NULL;
    bool good = doc_parse(&d, request, DOC_JSON, NULL, &e) == CHELA_OK;
    if (good) {
        doc_node root = doc_root(d);
        doc_node first = doc_first(d, doc_get(d, root, S("messages")));
        doc_node part = doc_first(d, doc_get(d, first, S("content")));
        good = doc_set(d, root, S("reasoning"), S("{\"effort\":\"high\"}"), &e) &&
               doc_set(d, part, S("cache_control"), S("{\"type\":\"ephemeral\"}"), &e) &&
               doc_remove_key(d, root, S("store")) == 1 && doc_write(d, out);
    }
    doc_free(d);
    if (!good) {
        fprintf(stderr, "doc_bench: %s\n", e.message);
        exit(1);
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int run(str request, bool print) {
    if (print) {
        struct buf out = BUF_INIT(64u << 20);
        round_trip(request, &out);
        fwrite(out.p, 1, out.n, stdout);
        buf_free(&out);
        return 0;
    }
    double best = 1e30, started = now();
    size_t batch = 1 + 400000 / (request.n + 1000);
    while (now() - started < 3e5) {
        double from = now();
        for (size_t i = 0; i < batch; i++) {
            struct buf out = BUF_INIT(64u << 20);
            round_trip(request, &out);
            buf_free(&out);
        }
        double each = (now() - from) / (double)batch;
        if (each < best) best = each;
    }
    printf("%.3f\n", best);
    return 0;
}

int main(int argc, char **argv) {
    /* As a server does that keeps its heap: giving pages back costs more than the whole round. */
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, 256 << 20);
    if (argc != 3) return 64;
    if (strcmp(argv[1], "make") == 0) return make((size_t)strtoul(argv[2], NULL, 10));
    struct buf request = BUF_INIT(64u << 20);
    struct err e = ERR_INIT;
    if (file_read(argv[2], &request, &e) != CHELA_OK) {
        fprintf(stderr, "doc_bench: %s\n", e.message);
        return 66;
    }
    int status = run(buf_str(&request), strcmp(argv[1], "edit") == 0);
    buf_free(&request);
    return status;
}
