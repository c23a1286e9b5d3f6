/* One request through the rules: settings and a body in, the shaped body, headers and record out.
 */
#ifndef CHELA_TESTS_SHAPE_CASE_H
#define CHELA_TESTS_SHAPE_CASE_H

#include "base/file.h"
#include "shape/shape.h"
#include "unit.h"

#include <string.h>

struct request {
    const char *config; /* openclaw.json; NULL "{}" */
    const char *chela;  /* chela.json5; NULL none */
    const char *model;  /* wire id; NULL openai/gpt-5.4 */
    const char *url;    /* base URL; NULL the default one */
    const char *agent;
    enum call_kind kind; /* CALL_INFER when not said */
    const char *level;   /* thinking; NULL nobody chose */
    const char *source;  /* NULL "--thinking" */
    const struct model_row *row;
    const char *body; /* NULL "{}" */
    const char *env;  /* one more environment variable */
};

struct shaped {
    struct scratch *scratch;
    char folder[3][192];
    const char *env[5]; /* a config borrows its environment */
    struct config *config;
    struct config_params params;
    struct arena arena;
    struct header_list headers;
    struct record record;
    struct shape_ctx ctx;
    struct buf body;
    enum chela_error rc;
    struct err e;
};

static inline void case_write_file(struct shaped *s, const char *name, const char *text) {
    char path[256];
    scratch_path(s->scratch, path, sizeof path, name);
    struct err e = ERR_INIT;
    if (file_write(path, str_c(text), 0600, &e) != CHELA_OK) fail_msg("%s", e.message);
}

static inline void case_load(struct shaped *s, const struct request *q) {
    void *made = NULL;
    assert_int_equal(scratch_make(&made), 0);
    s->scratch = made;
    static const char *const variable[] = { "HOME", "OPENCLAW_STATE_DIR", "XDG_CONFIG_HOME" };
    for (size_t i = 0; i < 3; i++) {
        snprintf(s->folder[i], sizeof s->folder[i], "%s=%s", variable[i], s->scratch->path);
        s->env[i] = s->folder[i];
    }
    s->env[3] = q->env;
    case_write_file(s, "openclaw.json", q->config ? q->config : "{}");
    if (q->chela) {
        char dir[192];
        snprintf(dir, sizeof dir, "%s/chela", s->scratch->path);
        struct err e = ERR_INIT;
        assert_int_equal(file_mkdirs(dir, 0700, &e), CHELA_OK);
        case_write_file(s, "chela/chela.json5", q->chela);
    }
    if (config_load(&s->config, s->env, &s->e) != CHELA_OK) fail_msg("%s", s->e.message);
}

/* Shapes s->body again, or first; call case_load before. */
static inline void case_apply(struct shaped *s, const struct request *q, const char *body) {
    struct doc *d = NULL;
    if (doc_parse(&d, str_c(body), DOC_JSON, NULL, &s->e)) fail_msg("%s", s->e.message);
    str id = str_c(q->model ? q->model : "openai/gpt-5.4");
    bool own = str_starts(id, S("openrouter/"));
    str key = own ? id : arena_printf(&s->arena, "openrouter/%.*s", STR_ARG(id));
    config_params(s->config, key, str_c(q->agent), &s->params);
    s->ctx = (struct shape_ctx){
        .kind = q->kind,
        .config = s->config,
        .params = &s->params,
        .model = { .provider = S("openrouter"), .id = id, .key = key },
        .row = q->row,
        .thinking = { str_c(q->level), q->source ? q->source : "--thinking" },
        .body = d,
        .headers = &s->headers,
        .record = &s->record,
        .arena = &s->arena,
    };
    if (route_of_url(&s->ctx.route, str_c(q->url), &s->arena, &s->e)) fail_msg("%s", s->e.message);
    s->rc = shape_apply(&s->ctx, &s->e);
    buf_clear(&s->body);
    assert_true(doc_write(d, &s->body));
    doc_free(d);
}

static inline void shape_case(struct shaped *s, struct request q) {
    *s = (struct shaped){ .e = ERR_INIT };
    arena_init(&s->arena, 64u << 20);
    buf_init(&s->body, 64u << 20);
    s->headers.arena = s->record.arena = &s->arena;
    case_load(s, &q);
    case_apply(s, &q, q.body ? q.body : "{}");
}

static inline void case_end(struct shaped *s) {
    config_free(s->config);
    arena_free(&s->arena);
    buf_free(&s->body);
    void *scratch = s->scratch;
    scratch_remove(&scratch);
}

/* The header's value, or NULL. */
static inline const char *case_header(struct shaped *s, const char *name) {
    str value;
    return headers_get(&s->headers, str_c(name), &value) ? arena_cstr(&s->arena, value) : NULL;
}

/* The entry of this kind and rule whose `where` is that; NULL: none. where NULL: any. */
static inline const struct change *case_change(const struct shaped *s, enum change_kind kind,
                                               const char *rule, const char *where) {
    for (const struct change *c = s->record.first; c; c = c->next)
        if (c->kind == kind && !strcmp(c->rule, rule) && (!where || str_eq(c->where, str_c(where))))
            return c;
    return NULL;
}

/* Shapes and compares the body: what a table of cases mostly needs. */
static inline void check_body(struct request q, const char *want) {
    struct shaped s;
    shape_case(&s, q);
    if (s.rc != CHELA_OK) fail_msg("%s", s.e.message);
    assert_string_equal(s.body.p, want);
    /* a second time nothing changes */
    char *once = strdup(s.body.p);
    case_apply(&s, &q, once);
    assert_string_equal(s.body.p, once);
    free(once);
    case_end(&s);
}

#endif
