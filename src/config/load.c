/* From the environment to a checked configuration: find, read, parse, include, env, ${VAR}, check.
 *
 * Three files are opened at most before includes (openclaw.json, <state>/.env, chela.json5), and no
 * others: `chela config get` must cost what an empty program costs. Problems are collected, because
 * whoever repairs a file wants to hear of all of them at once.
 */
#include "config/internal.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void source_free(struct config_source *s) {
    doc_free(s->doc);
    buf_free(&s->text);
    free(s->marks);
}

void config_free(struct config *c) {
    if (!c) return;
    source_free(&c->main);
    source_free(&c->chela);
    while (c->included) {
        struct config_source *next = c->included->next;
        source_free(c->included);
        free(c->included);
        c->included = next;
    }
    free(c->problems.item);
    free(c->warnings.item);
    free(c->variables);
    arena_free(&c->strings);
    free(c);
}

static struct config *new_config(env_list env) {
    struct config *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->env = env;
    arena_init(&c->strings, CONFIG_MAX_STRINGS);
    buf_init(&c->main.text, CONFIG_MAX_FILE);
    buf_init(&c->chela.text, CONFIG_MAX_FILE);
    c->main.path = c->where.openclaw_json;
    c->chela.path = c->where.chela_json5;
    return c;
}

void config_parse_problem(struct config *c, const char *file, const struct err *e) {
    /* "line 3, column 7: expected …": the place goes where every report has it. */
    str text = str_c(e->message), head, rest, line_text, column_text;
    int64_t line = 0, column = 0;
    if (str_starts(text, S("line ")) && str_cut(text, ':', &head, &rest) &&
        str_cut(str_skip(head, 5), ',', &line_text, &column_text) && str_i64(line_text, &line) &&
        str_i64(str_skip(column_text, strlen(" column ")), &column))
        text = str_trim(rest);
    config_report_at(c, &c->problems, file, (unsigned)line, (unsigned)column, S(""), text);
}

/* A file that cannot be understood counts as an empty object, with a problem. False: no memory. */
static bool parse(struct config *c, struct config_source *s) {
    struct err e = ERR_INIT;
    str text = buf_str(&s->text);
    if (!str_trim(text).n) text = S("{}");
    enum chela_error rc = doc_parse(&s->doc, text, DOC_JSON5, NULL, &e);
    if (rc == CHELA_OK) return true;
    config_parse_problem(c, s->path, &e);
    return rc != CHELA_NOMEM && doc_parse(&s->doc, S("{}"), DOC_JSON5, NULL, &e) == CHELA_OK;
}

/* The first problem, as the error of the whole. */
static enum chela_error verdict(const struct config *c, struct err *e) {
    if (!c->problems.count) return CHELA_OK;
    const struct config_warning *first = &c->problems.item[0];
    char place[32] = "";
    if (first->line) snprintf(place, sizeof place, ":%u:%u", first->line, first->column);
    err_set(e, CHELA_CONFIG, "%s%s: %.*s%s%.*s", first->file, place, STR_ARG(first->path),
            first->path.n ? ": " : "", STR_ARG(first->text));
    if (c->problems.count > 1)
        err_hint(e, CHELA_CONFIG, "%zu problems in all; `chela config validate` lists them",
                 c->problems.count);
    return CHELA_CONFIG;
}

/* Everything after reading; the texts are in c. */
static enum chela_error build(struct config *c, str dotenv, const char *dotenv_path,
                              struct err *e) {
    bool good = parse(c, &c->main) && parse(c, &c->chela) && include_resolve(c) &&
                env_read_file(c, dotenv, dotenv_path) && env_read_block(c) &&
                substitute_variables(c);
    if (good) {
        schema_check(c, &c->main, &schema_openclaw);
        schema_check(c, &c->chela, &schema_chela);
    }
    if (!good || arena_failed(&c->strings))
        return err_set(e, CHELA_NOMEM, "%s: out of memory", c->where.openclaw_json);
    return verdict(c, e);
}

static enum chela_error finish(struct config **out, struct config *c, enum chela_error rc) {
    if (rc != CHELA_OK && rc != CHELA_CONFIG) {
        config_free(c);
        c = NULL;
    }
    *out = c;
    return rc;
}

enum chela_error config_from_text(struct config **out, const struct config_input *in,
                                  struct err *e) {
    *out = NULL;
    struct config *c = new_config(in->env);
    if (!c) return err_set(e, CHELA_NOMEM, "out of memory");
    c->where = *in->where;
    c->read = in->read;
    c->read_ctx = in->read_ctx;
    enum chela_error rc = CHELA_OK;
    if (!buf_add(&c->main.text, in->text) || !buf_add(&c->chela.text, in->chela))
        rc = err_set(e, CHELA_LIMIT, "the configuration is larger than %d bytes", CONFIG_MAX_FILE);
    if (rc == CHELA_OK) rc = build(c, in->dotenv, ".env", e);
    return finish(out, c, rc);
}

/* A missing file leaves *out empty. What cannot be read is a problem. */
static void read_optional(struct config *c, const char *path, struct buf *out) {
    struct err e = ERR_INIT;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum chela_error rc = CHELA_OK;
    if (fd >= 0) {
        rc = file_read_fd(fd, path, out, &e);
        close(fd);
    } else if (errno != ENOENT && errno != ENOTDIR) {
        rc = err_set(&e, CHELA_CONFIG, "%s", strerror(errno));
    }
    if (rc == CHELA_OK) return;
    str text = str_c(e.message);
    if (str_starts(text, str_c(path))) text = str_skip(text, strlen(path) + 2);
    buf_clear(out);
    config_report_at(c, &c->problems, path, 0, 0, S(""), text);
}

/* text NULL: what openclaw.json holds. */
static enum chela_error load_all(struct config **out, env_list env, const str *text,
                                 struct err *e) {
    *out = NULL;
    struct config *c = new_config(env);
    if (!c) return err_set(e, CHELA_NOMEM, "out of memory");
    enum chela_error rc = config_paths(&c->where, env, e);
    if (rc == CHELA_OK && text && !buf_add(&c->main.text, *text))
        rc = err_set(e, CHELA_LIMIT, "the configuration is larger than %d bytes", CONFIG_MAX_FILE);
    if (rc != CHELA_OK) {
        config_free(c);
        return rc;
    }
    char dotenv_path[4096];
    struct buf dotenv = BUF_INIT(1u << 20);
    if (!text) read_optional(c, c->where.openclaw_json, &c->main.text);
    read_optional(c, c->where.chela_json5, &c->chela.text);
    if (path_resolve(dotenv_path, sizeof dotenv_path, str_c(c->where.openclaw_state), S(".env"),
                     S("")))
        read_optional(c, dotenv_path, &dotenv);
    rc = build(c, buf_str(&dotenv), arena_cstr(&c->strings, str_c(dotenv_path)), e);
    if (dotenv.p) explicit_bzero(dotenv.p, dotenv.n); /* keys live there */
    buf_free(&dotenv);
    return finish(out, c, rc);
}

enum chela_error config_load(struct config **out, env_list env, struct err *e) {
    return load_all(out, env, NULL, e);
}

enum chela_error config_load_text(struct config **out, env_list env, str text, struct err *e) {
    return load_all(out, env, &text, e);
}

const struct config_paths *config_where(const struct config *c) {
    return &c->where;
}

struct doc *config_doc(struct config *c) {
    return c->main.doc;
}

struct doc *config_chela_doc(struct config *c) {
    return c->chela.doc;
}

const struct config_warning *config_warnings(const struct config *c, size_t *count) {
    *count = c->warnings.count;
    return c->warnings.item;
}

const struct config_warning *config_problems(const struct config *c, size_t *count) {
    *count = c->problems.count;
    return c->problems.item;
}

bool config_string(struct config *c, const char *path, str *out) {
    return doc_string(c->main.doc, doc_path_get(c->main.doc, str_c(path), NULL), out);
}

bool config_int(struct config *c, const char *path, int64_t *out) {
    return doc_int(c->main.doc, doc_path_get(c->main.doc, str_c(path), NULL), out);
}
