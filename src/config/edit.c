#include "config/edit.h"

#include "base/file.h"
#include "config/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WAIT_MS = 10000 };

/* ---- begin and end ---- */

void config_edit_end(struct config_edit *x) {
    doc_free(x->doc);
    config_free(x->config);
    config_free(x->after);
    buf_free(&x->text);
    file_unlock(&x->lock);
    if (x->made_folder && !x->written) {
        str folder = path_folder(str_c(x->target));
        x->target[folder.n] = '\0';
        (void)rmdir(x->target); /* somebody else may have put a file there */
    }
    *x = (struct config_edit){ .lock = FILE_LOCK_INIT };
}

/* "/folder/openclaw.json" → "/folder/.openclaw.json.lock", and the folder is made. */
static enum chela_error lock(struct config_edit *x, struct err *e) {
    char folder[4096], path[4096];
    str head = path_folder(str_c(x->target));
    const char *name = strrchr(x->target, '/');
    str_copy(folder, sizeof folder, head);
    int n =
        snprintf(path, sizeof path, "%.*s/.%s.lock", STR_ARG(head), name ? name + 1 : x->target);
    if (n < 0 || (size_t)n >= sizeof path)
        return err_set(e, CHELA_IO, "%s: the path is too long", x->target);
    if (!file_exists(folder)) {
        enum chela_error rc = file_mkdirs(folder, 0700, e);
        if (rc != CHELA_OK) return rc;
        x->made_folder = true;
    }
    enum chela_error rc = file_lock(&x->lock, path, WAIT_MS, e);
    if (rc != CHELA_TIMEOUT) return rc;
    err_set(e, rc, "%s: another process has been editing it for %d seconds", x->target,
            WAIT_MS / 1000);
    return err_hint(e, rc, "wait for it, or end it: it holds %s", path);
}

/* Appends the file to *out. *exists: false when there is none. */
static enum chela_error read_target(const struct config_edit *x, struct buf *out, bool *exists,
                                    struct err *e) {
    struct stat st;
    *exists = stat(x->target, &st) == 0;
    if (!*exists && errno == ENOENT) return CHELA_OK;
    if (!*exists) return err_set(e, CHELA_NOINPUT, "%s: %s", x->target, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return err_set(e, CHELA_NOINPUT, "%s is no regular file: it cannot be edited", x->target);
    return file_read(x->target, out, e);
}

/* A parse error names the line; the message of the whole names the file and the remedy too. */
static enum chela_error unreadable(struct config_edit *x, struct err *e) {
    config_load_text(&x->config, x->env, buf_str(&x->text), e);
    return err_hint(e, CHELA_CONFIG, "it has to be mended by hand before it can be edited");
}

static enum chela_error open_all(struct config_edit *x, struct err *e) {
    struct config_paths where;
    enum chela_error rc = config_paths(&where, x->env, e);
    if (rc == CHELA_OK) rc = file_target(where.openclaw_json, x->target, e);
    if (rc == CHELA_OK) rc = lock(x, e);
    if (rc == CHELA_OK) rc = read_target(x, &x->text, &x->existed, e);
    if (rc != CHELA_OK) return rc;
    str text = buf_str(&x->text);
    rc = doc_parse(&x->doc, str_trim(text).n ? text : S("{}\n"), DOC_JSON5, NULL, e);
    if (rc == CHELA_NOMEM) return rc;
    if (rc != CHELA_OK) return unreadable(x, e);
    if (doc_type(x->doc, doc_root(x->doc)) != DOC_OBJECT)
        return err_set(e, CHELA_CONFIG, "%s: expected an object, found %s", x->target,
                       doc_type_name(doc_type(x->doc, doc_root(x->doc))));
    rc = config_load_text(&x->config, x->env, text, e);
    return rc == CHELA_CONFIG ? CHELA_OK : rc; /* a commit must mend its problems */
}

enum chela_error config_edit_begin(struct config_edit *x, env_list env, struct err *e) {
    *x = (struct config_edit){ .env = env, .lock = FILE_LOCK_INIT };
    buf_init(&x->text, CONFIG_MAX_FILE);
    struct err ignored = ERR_INIT;
    enum chela_error rc = open_all(x, e ? e : &ignored);
    if (rc != CHELA_OK) config_edit_end(x);
    return rc;
}

/* ---- editing ---- */

/* n, or something in it, stands in another file than the user's own. */
static bool in_other_file(struct config *c, doc_node n, struct config_place *place) {
    source_place(&c->main, n, place);
    if (strcmp(place->file, c->main.path) != 0) return true;
    enum doc_type type = doc_type(c->main.doc, n);
    if (type != DOC_OBJECT && type != DOC_ARRAY) return false;
    for (doc_node child = doc_first(c->main.doc, n); child; child = doc_next(c->main.doc, child))
        if (in_other_file(c, child, place)) return true;
    return false;
}

/* Refuses a path whose value, or whose nearest object that is there, was included. */
static enum chela_error check_owner(const struct config_edit *x, str path, struct err *e) {
    struct config *c = x->config;
    struct config_place place = { 0 };
    struct err ignored = ERR_INIT;
    doc_node n = doc_path_get(c->main.doc, path, &ignored);
    str at = path;
    bool other = n && in_other_file(c, n, &place);
    while (!n && doc_path_up(&at)) n = doc_path_get(c->main.doc, at, &ignored);
    if (n && !other && at.n < path.n) {
        source_place(&c->main, n, &place);
        other = strcmp(place.file, c->main.path) != 0;
    }
    if (!other) return CHELA_OK;
    err_set(e, CHELA_CONFIG, "%.*s is set in %s:%u:%u, which %s includes", STR_ARG(at), place.file,
            place.line, place.column, x->target);
    return err_hint(e, CHELA_CONFIG, "change it there; chela edits only the file that includes it");
}

/* Do the value at `path` and the text `value` say the same? */
static bool says_the_same(struct config_edit *x, str path, str value) {
    struct err ignored = ERR_INIT;
    struct doc *d;
    doc_node n = doc_path_get(x->doc, path, &ignored);
    if (!n || doc_parse(&d, value, DOC_JSON5, NULL, &ignored) != CHELA_OK) return false;
    struct buf now = BUF_INIT(CONFIG_MAX_FILE), then = BUF_INIT(CONFIG_MAX_FILE);
    bool same = doc_write_json(x->doc, n, &now) && doc_write_json(d, doc_root(d), &then) &&
                str_eq(buf_str(&now), buf_str(&then));
    buf_free(&now);
    buf_free(&then);
    doc_free(d);
    return same;
}

enum chela_error config_edit_set(struct config_edit *x, str path, str value, struct err *e) {
    enum chela_error rc = check_owner(x, path, e);
    if (rc != CHELA_OK || says_the_same(x, path, value)) return rc;
    struct err why = ERR_INIT;
    if (doc_path_set(x->doc, path, value, &why)) return CHELA_OK;
    if (e) *e = why;
    return why.code;
}

enum chela_error config_edit_unset(struct config_edit *x, str path, bool *removed, struct err *e) {
    enum chela_error rc = check_owner(x, path, e);
    if (removed) *removed = false;
    if (rc != CHELA_OK) return rc;
    struct err why = ERR_INIT;
    bool gone = doc_path_unset(x->doc, path, &why);
    if (removed) *removed = gone;
    if (why.code != CHELA_OK && e) *e = why;
    return why.code;
}

/* ---- commit ---- */

/* chela.json5 is not what is edited: its problems are told when it is used. */
static bool concerns(const struct config *c, const struct config_warning *problem) {
    return strcmp(problem->file, c->where.chela_json5) != 0;
}

static size_t problems_of(const struct config *c) {
    size_t count = 0;
    for (size_t i = 0; i < c->problems.count; i++) count += concerns(c, &c->problems.item[i]);
    return count;
}

/* How often what `report` says is said by the first `count` of r. */
static size_t tally(const struct config_reports *r, size_t count,
                    const struct config_warning *report) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += str_eq(r->item[i].path, report->path) && str_eq(r->item[i].text, report->text);
    return n;
}

/* The i-th of `after` says something that `before` does not say, or says it once more. */
static bool is_new(const struct config_reports *before, const struct config_reports *after,
                   size_t i) {
    const struct config_warning *report = &after->item[i];
    return tally(after, i + 1, report) > tally(before, before->count, report);
}

const struct config_warning *config_edit_warning(const struct config_edit *x, size_t i) {
    if (!x->after) return NULL;
    const struct config_reports *before = &x->config->warnings, *after = &x->after->warnings;
    for (size_t n = 0; n < after->count; n++)
        if (is_new(before, after, n) && i-- == 0) return &after->item[n];
    return NULL;
}

static enum chela_error refuse(const struct config_warning *r, struct err *e) {
    return err_set(e, CHELA_INPUT, "%.*s%s%.*s", STR_ARG(r->path), r->path.n ? ": " : "",
                   STR_ARG(r->text));
}

/* The result brings no problem, and what was broken it mends, if only in part. */
static enum chela_error check_result(const struct config_edit *x, struct err *e) {
    const struct config *before = x->config, *after = x->after;
    const struct config_warning *first = NULL;
    for (size_t i = 0; i < after->problems.count; i++) {
        const struct config_warning *p = &after->problems.item[i];
        if (!concerns(after, p)) continue;
        if (!first) first = p;
        if (is_new(&before->problems, &after->problems, i)) return refuse(p, e);
    }
    const struct config_warning *w;
    for (size_t i = 0; (w = config_edit_warning(x, i)); i++) {
        if (!w->slip) continue;
        refuse(w, e);
        return err_hint(e, CHELA_INPUT, "if it is meant so, chela doc set %s takes any key",
                        x->target);
    }
    if (!first || problems_of(after) < problems_of(before)) return CHELA_OK;
    err_set(e, CHELA_CONFIG, "%s:%u:%u: %.*s: %.*s", first->file, first->line, first->column,
            STR_ARG(first->path), STR_ARG(first->text));
    return err_hint(e, CHELA_CONFIG, "this has to be mended first; nothing was changed");
}

/* The text after the edit. */
static enum chela_error write_text(const struct config_edit *x, struct buf *text, struct err *e) {
    buf_init(text, CONFIG_MAX_FILE);
    if (doc_write(x->doc, text)) return CHELA_OK;
    if (text->failed == BUF_TOO_LARGE)
        return err_set(e, CHELA_LIMIT, "%s would be larger than %d bytes", x->target,
                       CONFIG_MAX_FILE);
    return err_set(e, CHELA_NOMEM, "%s: out of memory", x->target);
}

static enum chela_error check_text(struct config_edit *x, str text, struct err *e) {
    config_free(x->after);
    enum chela_error rc = config_load_text(&x->after, x->env, text, e);
    return x->after ? check_result(x, e) : rc;
}

static bool is_changed(const struct config_edit *x, str text) {
    return doc_edited(x->doc) && !str_eq(text, buf_str(&x->text));
}

enum chela_error config_edit_check(struct config_edit *x, bool *changed, struct err *e) {
    struct buf text;
    enum chela_error rc = write_text(x, &text, e);
    bool differs = rc == CHELA_OK && is_changed(x, buf_str(&text));
    if (differs) rc = check_text(x, buf_str(&text), e);
    if (changed) *changed = differs;
    buf_free(&text);
    return rc;
}

/* The lock binds chela; an editor, or OpenClaw, does not ask for it. */
static enum chela_error check_unchanged(const struct config_edit *x, struct err *e) {
    struct buf now = BUF_INIT(CONFIG_MAX_FILE);
    bool exists;
    enum chela_error rc = read_target(x, &now, &exists, e);
    if (rc == CHELA_OK && (exists != x->existed || !str_eq(buf_str(&now), buf_str(&x->text)))) {
        err_set(e, CHELA_IO, "%s: another program changed it meanwhile; nothing was written",
                x->target);
        rc = err_hint(e, CHELA_IO, "run the command again");
    }
    buf_free(&now);
    return rc;
}

static enum chela_error write_both(struct config_edit *x, str text, struct err *e) {
    char backup[4096];
    const char *path = x->config->where.openclaw_json;
    int n = snprintf(backup, sizeof backup, "%s.bak", path);
    if (n < 0 || (size_t)n >= sizeof backup)
        return err_set(e, CHELA_IO, "%s: the path is too long", path);
    enum chela_error rc = CHELA_OK;
    if (x->existed) rc = file_write(backup, buf_str(&x->text), 0600, e);
    if (rc == CHELA_OK) rc = file_write(x->target, text, 0600, e);
    x->written = rc == CHELA_OK;
    return rc;
}

enum chela_error config_edit_commit(struct config_edit *x, struct err *e) {
    struct buf text;
    enum chela_error rc = write_text(x, &text, e);
    if (rc == CHELA_OK && is_changed(x, buf_str(&text))) {
        rc = check_text(x, buf_str(&text), e);
        if (rc == CHELA_OK) rc = check_unchanged(x, e);
        if (rc == CHELA_OK) rc = write_both(x, buf_str(&text), e);
    }
    buf_free(&text);
    return rc;
}
