#include "agent/tool_media.h"

#include "base/clock.h"
#include "base/file.h"
#include "media/place.h"

#include <stdio.h>

str tool_text(struct doc *arguments, const char *name) {
    str text;
    return doc_string(arguments, doc_get(arguments, doc_root(arguments), str_c(name)), &text)
               ? str_trim(text)
               : (str){ 0 };
}

int64_t tool_timeout(const struct tool_context *x, struct doc *arguments) {
    int64_t ms = 0, left = x->deadline_ms ? x->deadline_ms - clock_ms() : 0;
    doc_int(arguments, doc_get(arguments, doc_root(arguments), S("timeoutMs")), &ms);
    if (x->deadline_ms && left < 1) left = 1;
    if (!ms) return left;
    return left && left < ms ? left : ms;
}

static void add(str *list, size_t *count, size_t most, str picture) {
    picture = str_trim(picture);
    for (size_t i = 0; i < *count; i++)
        if (str_eq(list[i], picture)) return;
    if (picture.n && *count < most) list[(*count)++] = picture;
}

size_t tool_pictures(struct doc *arguments, const char *one, const char *many, str *list,
                     size_t most) {
    doc_node root = doc_root(arguments), array = doc_get(arguments, root, str_c(many));
    size_t count = 0;
    str text;
    if (doc_string(arguments, doc_get(arguments, root, str_c(one)), &text))
        add(list, &count, most, text);
    for (doc_node n = doc_first(arguments, array); n; n = doc_next(arguments, n))
        if (doc_string(arguments, n, &text)) add(list, &count, most, text);
    return count;
}

str tool_output(struct tool_context *x, struct doc *arguments) {
    char folder[PATH_MAX];
    str name = tool_text(arguments, "filename");
    ptrdiff_t slash = str_rchr(name, '/');
    name = str_skip(name, (size_t)(slash + 1));
    if (!name.n || name.p[0] == '.' || name.n > 200) return (str){ 0 };
    place_state_folder(x->config, folder);
    str path = arena_printf(x->arena, "%s/%.*s", folder, STR_ARG(name));
    return path.n && !file_exists(path.p) ? path : (str){ 0 };
}

struct picture_rules tool_rules(struct tool_context *x, struct tool_folders *f) {
    place_state_folder(x->config, f->media);
    f->roots[0] = ".";
    f->roots[1] = f->media;
    f->roots[2] = NULL;
    return (struct picture_rules){ .roots = f->roots, .cancel = x->cancel };
}

void tool_result(struct tool_context *x, const struct media_result *r, const char *what,
                 const char *kind, struct buf *result) {
    buf_addf(result, "Generated %zu %s%s with openrouter/%.*s.\n", r->files, what,
             r->files == 1 ? "" : "s", STR_ARG(r->model));
    for (size_t i = 0; i < r->overrides; i++) {
        const struct media_override *o = &r->override[i];
        buf_addf(result, "Warning: %.*s=%.*s %s%.*s: %.*s.\n", STR_ARG(o->key), STR_ARG(o->value),
                 o->applied.n ? "became " : "was ignored", STR_ARG(o->applied), STR_ARG(o->reason));
    }
    for (size_t i = 0; i < r->files; i++) {
        buf_addf(result, "MEDIA:%.*s\n", STR_ARG(r->file[i].path));
        tool_add_output(x, r->file[i].path, r->file[i].mime, str_c(kind));
    }
}
