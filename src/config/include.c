/* $include: a file, or a list of files, in place of an object or under its other keys.
 *
 * Objects are merged deep, arrays are concatenated (included items first), and what stands beside
 * $include wins. Of a list the later file wins. An included file's own includes are resolved first,
 * relative to it. The merge is done by edits on the including document, so that everything the
 * user wrote there keeps its place.
 *
 * What may be read is bounded: below the configuration's folder or a folder of
 * OPENCLAW_INCLUDE_ROOTS, both by the text of the path and after symbolic links, a regular file
 * with one name, 2 MiB, ten levels deep, no cycles.
 */
#include "config/internal.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The files that are open around the one being read: for cycles and depth. */
struct chain {
    const struct chain *outer;
    const char *real;
    unsigned depth;
};

static bool resolve_below(struct config *c, struct config_source *s, doc_node n,
                          const struct chain *chain);

/* Calls `visit` with every folder that includes may come from, until it returns true. */
static bool any_root(const struct config *c, bool (*visit)(str root, str path), str path) {
    char root[PATH_MAX], home[PATH_MAX];
    str folder = path_folder(str_c(c->where.openclaw_json));
    if (visit(folder, path)) return true;
    str list = str_c(env_get(c->env, "OPENCLAW_INCLUDE_ROOTS"));
    str home_path = list.n ? path_home(c->env, home, sizeof home) : S("");
    while (list.n) {
        str one, rest;
        str_cut(list, ':', &one, &rest);
        list = rest;
        one = str_trim(one);
        if (one.n && path_resolve(root, sizeof root, folder, one, home_path) &&
            visit(str_c(root), path))
            return true;
    }
    return false;
}

static bool lies_in(str root, str path) {
    return path_is_inside(path, root);
}

static bool really_lies_in(str root, str path) {
    char name[PATH_MAX], real[PATH_MAX];
    return str_copy(name, sizeof name, root) && realpath(name, real) &&
           path_is_inside(path, str_c(real));
}

static enum chela_error read_file(void *ctx, struct config *c, const char *path, struct buf *out,
                                  char real[4096], struct err *e) {
    (void)ctx;
    char resolved[PATH_MAX];
    if (!realpath(path, resolved) || !str_copy(real, 4096, str_c(resolved)))
        return err_set(e, CHELA_CONFIG, "%s: %s", path, strerror(errno));
    if (!any_root(c, really_lies_in, str_c(resolved)))
        return err_set(e, CHELA_CONFIG,
                       "%s leads out of the configuration's folder through a symbolic link", path);
    int fd = open(resolved, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    enum chela_error rc = CHELA_OK;
    if (fd < 0 || fstat(fd, &st) != 0)
        rc = err_set(e, CHELA_CONFIG, "%s: %s", path, strerror(errno));
    else if (!S_ISREG(st.st_mode))
        rc = err_set(e, CHELA_CONFIG, "%s is no regular file", path);
    else if (st.st_nlink > 1)
        rc = err_set(e, CHELA_CONFIG, "%s has several hard links; copy it instead", path);
    else
        rc = file_read_fd(fd, path, out, e);
    if (fd >= 0) close(fd);
    return rc;
}

/* Reads and parses one file and resolves its own includes; NULL with a problem reported (or out of
 * memory, with *good false). The place of problems is n in s, where the file is named. */
static struct config_source *load(struct config *c, struct config_source *s, doc_node n, str name,
                                  const struct chain *chain, bool *good) {
    char path[PATH_MAX], real[4096];
    if (!name.n || !path_resolve(path, sizeof path, path_folder(str_c(s->path)), name, S(""))) {
        config_problem(c, s, n, "\"%.*s\" is no file name", STR_ARG(str_head(name, 200)));
        return NULL;
    }
    if (!any_root(c, lies_in, str_c(path))) {
        config_problem(c, s, n,
                       "the include path \"%.*s\" escapes the configuration's folder; "
                       "OPENCLAW_INCLUDE_ROOTS can allow others",
                       STR_ARG(str_head(name, 200)));
        return NULL;
    }
    if (chain->depth >= CONFIG_MAX_DEPTH) {
        config_problem(c, s, n, "includes are nested more than %d deep", CONFIG_MAX_DEPTH);
        return NULL;
    }
    if (c->include_count >= CONFIG_MAX_INCLUDES) {
        config_problem(c, s, n, "more than %d files are included", CONFIG_MAX_INCLUDES);
        return NULL;
    }
    struct config_source *in = calloc(1, sizeof *in);
    if (!in) {
        *good = false;
        return NULL;
    }
    in->next = c->included; /* owned by the list from here on */
    c->included = in;
    c->include_count++;
    in->path = arena_cstr(&c->strings, str_c(path));
    buf_init(&in->text, CONFIG_MAX_INCLUDE);
    struct err e = ERR_INIT;
    enum chela_error rc =
        (c->read ? c->read : read_file)(c->read_ctx, c, path, &in->text, real, &e);
    for (const struct chain *outer = chain; rc == CHELA_OK && outer; outer = outer->outer)
        if (strcmp(outer->real, real) == 0)
            rc = err_set(&e, CHELA_CONFIG, "%s includes itself, in the end", path);
    c->include_bytes += in->text.n;
    if (rc == CHELA_OK && c->include_bytes > CONFIG_MAX_INCLUDED)
        rc = err_set(&e, CHELA_CONFIG, "all included files together are too large");
    bool unread = rc != CHELA_OK;
    if (!unread) rc = doc_parse(&in->doc, buf_str(&in->text), DOC_JSON5, NULL, &e);
    if (rc == CHELA_NOMEM || !in->path) {
        *good = false;
        return NULL;
    }
    if (rc != CHELA_OK) {
        if (unread)
            config_problem(c, s, n, "%s", e.message);
        else
            config_parse_problem(c, in->path, &e);
        return NULL;
    }
    struct chain inner = { .outer = chain, .real = real, .depth = chain->depth + 1 };
    *good = resolve_below(c, in, doc_root(in->doc), &inner);
    return *good ? in : NULL;
}

/* ---- merging ---- */

/* After an edit of s failed at `at`. */
static bool edit_failed(struct config *c, struct config_source *s, doc_node at,
                        const struct err *e) {
    if (e->code == CHELA_NOMEM) return false;
    config_problem(c, s, at, "%s", e->message);
    return true;
}

/* A merge that did not come about: told at `at`, unless memory is out. */
static bool too_large(struct config *c, struct config_source *s, doc_node at,
                      const struct buf *text) {
    if (text->failed != BUF_TOO_LARGE) return false;
    config_problem(c, s, at, "what is merged here is too large");
    return true;
}

static bool add_items(struct config_source *s, doc_node array, struct buf *text) {
    for (doc_node n = doc_first(s->doc, array); n; n = doc_next(s->doc, n))
        if (!doc_write_json(s->doc, n, text) || !buf_addc(text, ',')) return false;
    return true;
}

/* target (an array of s) := items of `array` of `in`, then its own. */
static bool merge_arrays(struct config *c, struct config_source *s, doc_node target,
                         struct config_source *in, doc_node array) {
    struct buf text = BUF_INIT(CONFIG_MAX_INCLUDED);
    size_t own = doc_len(s->doc, target), i = 0;
    struct config_mark *marks = calloc(own + 1, sizeof *marks);
    if (!marks) return false;
    for (doc_node n = doc_first(s->doc, target); n && i < own; n = doc_next(s->doc, n))
        marks[i++] = source_mark_of(s, n);
    struct config_mark mark = source_mark_of(s, target);
    bool good = buf_addc(&text, '[') && add_items(in, array, &text) && add_items(s, target, &text);
    if (good && text.p[text.n - 1] == ',') text.n--; /* JSON has no comma at the end */
    good = good && buf_addc(&text, ']');
    if (!good) {
        good = too_large(c, s, target, &text);
    } else {
        struct err e = ERR_INIT;
        doc_node merged = doc_replace(s->doc, target, buf_str(&text), &e);
        mark.node = merged;
        good = merged ? source_mark(s, mark) : edit_failed(c, s, target, &e);
        doc_node theirs = doc_first(in->doc, array);
        i = 0;
        for (doc_node n = doc_first(s->doc, merged); good && n; n = doc_next(s->doc, n)) {
            mark = theirs ? (struct config_mark){ .from = in, .from_node = theirs } : marks[i++];
            if (theirs) theirs = doc_next(in->doc, theirs);
            mark.node = n;
            good = source_mark(s, mark);
        }
    }
    free(marks);
    buf_free(&text);
    return good;
}

/* target.key := n of `in` */
static bool take_member(struct config *c, struct config_source *s, doc_node target, str key,
                        struct config_source *in, doc_node n) {
    struct buf text = BUF_INIT(CONFIG_MAX_INCLUDED);
    struct err e = ERR_INIT;
    bool good = doc_write_json(in->doc, n, &text);
    if (good) {
        doc_node set = doc_set(s->doc, target, key, buf_str(&text), &e);
        struct config_mark mark = { .node = set, .from = in, .from_node = n };
        good = set ? source_mark(s, mark) : edit_failed(c, s, target, &e);
    } else {
        good = too_large(c, s, target, &text);
    }
    buf_free(&text);
    return good;
}

/* What `object` of `in` has and `target` of s lacks goes into target. */
static bool merge_objects(struct config *c, struct config_source *s, doc_node target,
                          struct config_source *in, doc_node object) {
    bool good = true;
    for (doc_node n = doc_first(in->doc, object); good && n; n = doc_next(in->doc, n)) {
        str key = doc_key(in->doc, n);
        if (source_is_shadowed(in, object, n)) continue;
        doc_node own = doc_get(s->doc, target, key);
        enum doc_type mine = doc_type(s->doc, own), theirs = doc_type(in->doc, n);
        if (!own)
            good = take_member(c, s, target, key, in, n);
        else if (mine == DOC_OBJECT && theirs == DOC_OBJECT)
            good = merge_objects(c, s, own, in, n);
        else if (mine == DOC_ARRAY && theirs == DOC_ARRAY)
            good = merge_arrays(c, s, own, in, n);
    }
    return good;
}

/* ---- finding them ---- */

/* An object whose only key is $include becomes what the file holds, of whatever type. */
static bool replace_whole(struct config *c, struct config_source *s, doc_node object,
                          struct config_source *in, doc_node *now) {
    struct buf text = BUF_INIT(CONFIG_MAX_INCLUDED);
    struct err e = ERR_INIT;
    doc_node root = doc_root(in->doc), whole = 0;
    bool good = doc_write_json(in->doc, root, &text);
    if (good) {
        whole = doc_replace(s->doc, object, buf_str(&text), &e);
        struct config_mark mark = { .node = whole, .from = in, .from_node = root };
        good = whole ? source_mark(s, mark) : edit_failed(c, s, object, &e);
    } else {
        good = too_large(c, s, object, &text);
    }
    *now = whole ? whole : object;
    buf_free(&text);
    return good;
}

/* Resolves the $include of `object`; *now is the value that stands there afterwards. */
static bool resolve_object(struct config *c, struct config_source *s, doc_node object,
                           const struct chain *chain, doc_node *now) {
    struct doc *d = s->doc;
    doc_node include = doc_get(d, object, S("$include"));
    *now = object;
    if (!include) return true;
    struct config_source *files[CONFIG_MAX_INCLUDES];
    size_t count = 0;
    bool list = doc_type(d, include) == DOC_ARRAY, good = true;
    size_t problems = c->problems.count;
    for (doc_node n = list ? doc_first(d, include) : include; n && good; n = doc_next(d, n)) {
        str name;
        if (!doc_string(d, n, &name)) {
            config_problem(c, s, n, "expected a file name%s, found %s",
                           list ? "" : " or a list of them", doc_type_name(doc_type(d, n)));
        } else if (count < CONFIG_MAX_INCLUDES) {
            struct config_source *in = load(c, s, n, name, chain, &good);
            if (in) files[count++] = in;
        }
        if (!list) break;
    }
    if (!good || c->problems.count != problems) return good;
    bool alone = doc_len(d, object) == 1;
    if (alone && !list && count == 1 &&
        doc_type(files[0]->doc, doc_root(files[0]->doc)) != DOC_OBJECT)
        return replace_whole(c, s, object, files[0], now);
    for (size_t i = 0; i < count; i++) {
        if (doc_type(files[i]->doc, doc_root(files[i]->doc)) == DOC_OBJECT) continue;
        config_problem(c, s, include, "%s must hold an object to be merged with what stands here",
                       files[i]->path);
        return true;
    }
    doc_remove_key(d, object, S("$include"));
    for (size_t i = count; good && i > 0; i--) /* the last file first: it wins */
        good = merge_objects(c, s, object, files[i - 1], doc_root(files[i - 1]->doc));
    return good;
}

static bool resolve_below(struct config *c, struct config_source *s, doc_node n,
                          const struct chain *chain) {
    struct doc *d = s->doc;
    for (doc_node child = doc_first(d, n); child; child = doc_next(d, child)) {
        enum doc_type type = doc_type(d, child);
        if (type != DOC_OBJECT && type != DOC_ARRAY) continue;
        if (source_is_shadowed(s, n, child)) continue;
        if (!resolve_below(c, s, child, chain)) return false;
        if (type == DOC_OBJECT && doc_get(d, child, S("$include")) &&
            !resolve_object(c, s, child, chain, &child))
            return false;
    }
    doc_node ignored;
    return n != doc_root(d) || resolve_object(c, s, n, chain, &ignored);
}

bool include_resolve(struct config *c) {
    /* No backslash either: a key may be spelled with escapes. */
    str text = buf_str(&c->main.text);
    bool spelled_out = str_has(text, S("$include"));
    if (!spelled_out && str_chr(text, '\\') < 0) return true;
    char real[PATH_MAX];
    if (c->read || !spelled_out || !realpath(c->where.openclaw_json, real))
        str_copy(real, sizeof real, str_c(c->where.openclaw_json));
    struct chain top = { .real = real };
    return resolve_below(c, &c->main, doc_root(c->main.doc), &top);
}
