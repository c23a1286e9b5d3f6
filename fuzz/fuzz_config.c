/* A configuration, its two possible includes, a .env and a chela.json5, cut from one input at lines
 * that say "%%".
 *
 * Whatever comes: the merged document is one document that says what it reads as, a place that is
 * reported exists, reports and verdict agree, and what holds no variable and no include is what the
 * user wrote.
 */
#include "catalog/params.h"
#include "config/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool held) {
    if (!held) abort();
}

enum { MAIN, FILE_A, FILE_B, DOTENV, CHELA, PARTS };

/* /home/a and /home/b, at any name that ends so. */
static enum chela_error read_part(void *ctx, struct config *c, const char *path, struct buf *out,
                                  char real[4096], struct err *e) {
    const str *part = ctx;
    (void)c;
    must(path_is_inside(str_c(path), S("/home")) && !strstr(path, "/../"));
    str name = str_skip(str_c(path), path_folder(str_c(path)).n + 1);
    must(str_copy(real, 4096, str_c(path)));
    bool a = str_starts(name, S("a"));
    if (!a && !str_starts(name, S("b"))) return err_set(e, CHELA_CONFIG, "%s: not there", path);
    if (!buf_add(out, part[a ? FILE_A : FILE_B])) return err_set(e, CHELA_LIMIT, "too large");
    return CHELA_OK;
}

static unsigned line_count(str text) {
    unsigned n = 1;
    for (size_t i = 0; i < text.n; i++)
        n += text.p[i] == '\n' || text.p[i] == '\r' || text.p[i] == '\xa8' || text.p[i] == '\xa9';
    return n;
}

static void check_reports(struct config *c, const struct config_warning *list, size_t count,
                          const str *part) {
    for (size_t i = 0; i < count; i++) {
        const struct config_warning *r = &list[i];
        str file = str_c(r->file);
        must(r->text.n > 0 && (r->line == 0) == (r->column == 0));
        bool main = str_eq(file, S("/home/openclaw.json")), chela = str_eq(file, S("/chela.json5")),
             dotenv = str_eq(file, S(".env"));
        must(main || chela || dotenv || !file.n || path_is_inside(file, S("/home")));
        if (main) must(r->line <= line_count(part[MAIN]));
        if (chela) must(r->line <= line_count(part[CHELA]));
        if (dotenv) must(r->line <= line_count(part[DOTENV]));
        if (!r->path.n || r->path.n > 1000 || dotenv) continue;
        struct doc *d = chela ? c->chela.doc : c->main.doc;
        /* what an include was to bring may be gone with it */
        if (!c->included) must(doc_path_get(d, r->path, NULL) != 0);
    }
}

/* The document written as it is, and written as JSON, say the same. */
static void check_document(struct doc *d, str *json, struct buf *scratch) {
    struct buf text = BUF_INIT(64 << 20), again = BUF_INIT(64 << 20);
    struct doc *copy = NULL;
    must(doc_write_json(d, doc_root(d), scratch));
    *json = buf_str(scratch);
    must(doc_write(d, &text));
    must(doc_parse(&copy, buf_str(&text), DOC_JSON5, NULL, NULL) == CHELA_OK);
    must(doc_write_json(copy, doc_root(copy), &again));
    must(str_eq(buf_str(&again), *json));
    doc_free(copy);
    must(doc_parse(&copy, *json, DOC_JSON, NULL, NULL) == CHELA_OK);
    doc_free(copy);
    buf_free(&text);
    buf_free(&again);
}

static void check_params(struct config *c) {
    static const char *const keys[] = { "openrouter/auto", "openrouter/a/b" };
    static const char *const aliases[] = { "responseCache", "response_cache" };
    for (size_t i = 0; i < 2; i++) {
        struct config_params p;
        const char *origin;
        config_params(c, str_c(keys[i]), i ? S("main") : S(""), &p);
        must(p.count <= CONFIG_PARAM_LAYERS);
        for (size_t k = 0; k < p.count; k++) must(doc_type(p.doc, p.layer[k]) == DOC_OBJECT);
        doc_node n = config_param(&p, aliases, 2, &origin);
        must((n != 0) == (origin != NULL));
    }
}

static void check_key(struct config *c) {
    struct credential cr;
    struct err e = ERR_INIT;
    enum chela_error rc = credential_find(c, S("https://openrouter.ai"), S(""), &cr, &e);
    must(rc == CHELA_OK || e.message[0]);
    if (rc == CHELA_OK) {
        must(cr.key.n > 0 && strlen(cr.key.bytes) == cr.key.n && cr.source[0]);
        for (size_t i = 0; i < cr.key.n; i++) must(cr.key.bytes[i] > ' ' && cr.key.bytes[i] <= '~');
    } else {
        must(!cr.key.bytes);
    }
    credential_free(&cr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const env[] = { "HOME=/home", "SET=a\"value", "EMPTY=", NULL };
    static const struct config_paths where = {
        .openclaw_json = "/home/openclaw.json",
        .openclaw_state = "/home/chela-fuzz-nowhere",
        .auth_profiles = "/home/chela-fuzz-nowhere/auth-profiles.json",
        .chela_json5 = "/chela.json5",
    };
    str part[PARTS] = { { 0 } }, rest = { (const char *)data, size };
    for (int i = 0; i < PARTS; i++) {
        ptrdiff_t cut = i + 1 < PARTS ? str_find(rest, S("\n%%\n")) : -1;
        part[i] = str_head(rest, cut < 0 ? rest.n : (size_t)cut);
        rest = cut < 0 ? S("") : str_skip(rest, (size_t)cut + 4);
    }
    struct config_input in = {
        .where = &where,
        .env = env,
        .text = part[MAIN],
        .dotenv = part[DOTENV],
        .chela = part[CHELA],
        .read = read_part,
        .read_ctx = part,
    };
    struct config *c = NULL;
    struct err e = ERR_INIT;
    enum chela_error rc = config_from_text(&c, &in, &e);
    must(rc == CHELA_OK || rc == CHELA_CONFIG);
    must(c && (rc == CHELA_OK) == (c->problems.count == 0) && (rc == CHELA_OK || e.message[0]));
    check_reports(c, c->problems.item, c->problems.count, part);
    check_reports(c, c->warnings.item, c->warnings.count, part);
    struct buf scratch = BUF_INIT(64 << 20);
    str json;
    check_document(c->main.doc, &json, &scratch);
    struct doc *plain = NULL;
    if (str_chr(part[MAIN], '$') < 0 && str_chr(part[MAIN], '\\') < 0 &&
        doc_parse(&plain, part[MAIN], DOC_JSON5, NULL, NULL) == CHELA_OK) {
        struct buf expected = BUF_INIT(64 << 20);
        must(doc_write_json(plain, doc_root(plain), &expected));
        must(str_eq(json, buf_str(&expected)));
        buf_free(&expected);
    }
    doc_free(plain);
    buf_free(&scratch);
    check_params(c);
    /* never with a chela.json5: that could allow commands to run */
    if (rc == CHELA_OK && !part[CHELA].n) check_key(c);
    config_free(c);
    return 0;
}
