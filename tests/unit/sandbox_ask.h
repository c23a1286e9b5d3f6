/* For the tests of the sandbox: a body in, an answer out, everything freed by ask_done. */
#ifndef SANDBOX_ASK_H
#define SANDBOX_ASK_H

#include "doc/json_write.h"
#include "sandbox/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ASK_NOW 1785585600 /* Saturday, 1 August 2026, 12:00 UTC */

struct ask {
    struct arena arena;
    struct agent_request request;
    struct agent_answer answer;
    struct err e;
    enum chela_error failed;
    char text[1 << 16]; /* the answer's, NUL-terminated */
    char body[1 << 18];
};

static inline void ask_body(struct ask *a, str body) {
    assert_true(str_copy(a->body, sizeof a->body, body));
    body.p = a->body;
    arena_init(&a->arena, agent_arena_max(body.n));
    a->failed = agent_read(&a->request, body, &a->arena, &a->e);
    a->request.now_s = ASK_NOW;
    if (!a->failed) a->failed = agent_answer(&a->answer, &a->request, &a->e);
    a->text[0] = '\0';
    if (!a->failed) str_copy(a->text, sizeof a->text, a->answer.text);
}

static inline struct ask *ask_new(void) {
    struct ask *a = calloc(1, sizeof *a);
    assert_non_null(a);
    return a;
}

static inline void ask_done(struct ask *a) {
    doc_free(a->request.doc);
    arena_free(&a->arena);
    free(a);
}

/* The body may be written with ' for ". */
static inline struct ask *ask_quoted(const char *body) {
    struct ask *a = ask_new();
    char *copy = strdup(body);
    for (char *p = copy; *p; p++)
        if (*p == '\'') *p = '"';
    ask_body(a, str_c(copy));
    free(copy);
    return a;
}

/* One user message, and members of the body after it (", 'seed': 1" or ""). */
static inline struct ask *ask_prompt(const char *prompt, const char *more) {
    struct ask *a = ask_new();
    struct buf body = BUF_INIT(1 << 18);
    buf_add(&body, S("{\"messages\":[{\"role\":\"user\",\"content\":"));
    json_quote(&body, str_c(prompt));
    buf_add(&body, S("}]"));
    for (const char *p = more; *p; p++) buf_addc(&body, *p == '\'' ? '"' : *p);
    buf_add(&body, S("}"));
    ask_body(a, buf_str(&body));
    buf_free(&body);
    return a;
}

#endif
