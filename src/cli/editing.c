#include "cli/editing.h"

static void tell_warnings(const struct config_edit *x) {
    const struct config_warning *w;
    for (size_t i = 0; (w = config_edit_warning(x, i)); i++)
        cli_note("chela: warning: %.*s%s%.*s", STR_ARG(w->path), w->path.n ? ": " : "",
                 STR_ARG(w->text));
}

enum chela_error editing_run(struct cli *c, struct editing *r, editing_fn *change, void *ctx,
                             struct err *e) {
    struct config_edit x;
    enum chela_error rc = config_edit_begin(&x, c->env, e);
    if (rc != CHELA_OK) return rc;
    str_copy(r->path, sizeof r->path, str_c(config_where(x.config)->openclaw_json));
    rc = change(&x, ctx, e);
    if (rc == CHELA_OK && r->dry_run) rc = config_edit_check(&x, &r->changed, e);
    if (rc == CHELA_OK && !r->dry_run) {
        rc = config_edit_commit(&x, e);
        r->changed = x.written;
    }
    if (rc == CHELA_OK && !c->json) tell_warnings(&x);
    config_edit_end(&x);
    return rc;
}

void editing_tell(const struct editing *r) {
    struct buf out = BUF_INIT(8192);
    if (r->dry_run)
        buf_addf(&out, "%s would be %s; nothing was written\n", r->path,
                 r->changed ? "updated" : "the same");
    else
        buf_addf(&out, r->changed ? "Updated %s\n" : "%s says so already; nothing was written\n",
                 r->path);
    cli_print(buf_str(&out));
    buf_free(&out);
}

void editing_json(struct json_writer *w, const struct editing *r) {
    json_kbool(w, "ok", true);
    json_kstring(w, "path", str_c(r->path));
    json_kbool(w, "changed", r->changed);
    if (r->dry_run) json_kbool(w, "dryRun", true);
}

enum chela_error editing_print(struct cli *c, struct buf *out, struct err *e) {
    enum chela_error rc = CHELA_OK;
    if (out->n && out->p[out->n - 1] != '\n') buf_addc(out, '\n');
    if (out->failed) {
        rc = err_set(e, CHELA_NOMEM, "the result is too large to print");
    } else {
        cli_print(buf_str(out));
        c->envelope_printed = c->json;
    }
    buf_free(out);
    return rc;
}
