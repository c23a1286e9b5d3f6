/* What a turn has made: pictures are shown where the terminal can, sounds are played where
 * something can, and every file is named. */
#include "cli/conversation.h"

#include "base/file.h"
#include "base/mime.h"
#include "doc/doc.h"
#include "term/picture.h"
#include "term/safe.h"
#include "term/style.h"

#include <limits.h>
#include <stdio.h>

static const size_t max_picture = 32u << 20, max_output = 64u << 20;

static bool show(struct conversation *c, const char *path, str bytes) {
    struct buf typed = BUF_INIT(1u << 16), out = BUF_INIT(max_output);
    bool kitty = picture_kitty(c->cli->env, &typed);
    bool shown = picture_show(path, bytes, kitty, &c->look, &out);
    if (shown) cli_print(buf_str(&out));
    edit_unread(c->edit, buf_str(&typed));
    buf_free(&typed);
    buf_free(&out);
    return shown;
}

/* In one piece, so that it can be copied, whatever the width; "~" stands for the home folder, as
 * shells take it. */
static void name(const struct conversation *c, const char *mark, const char *path) {
    struct buf line = BUF_INIT(3 * PATH_MAX), out = BUF_INIT(4 * PATH_MAX);
    str rest = str_c(path), home = str_c(env_get(c->cli->env, "HOME"));
    buf_add(&line, str_c(mark));
    if (home.n > 1 && str_starts(rest, home) && str_starts(str_skip(rest, home.n), S("/"))) {
        buf_addc(&line, '~');
        rest = str_skip(rest, home.n);
    }
    safe_line(&line, rest);
    style_text(&out, &c->look, STYLE_DIM, buf_str(&line));
    buf_addc(&out, '\n');
    cli_print(buf_str(&out));
    buf_free(&line);
    buf_free(&out);
}

static void tell(struct conversation *c, const char *path, str kind) {
    struct buf bytes = BUF_INIT(max_picture);
    bool picture = str_eq(kind, S("image")) && file_read(path, &bytes, NULL) == CHELA_OK &&
                   mime_of_picture(buf_str(&bytes)).n;
    if (picture) show(c, path, buf_str(&bytes));
    name(c, str_eq(kind, S("audio")) ? "\u266A " : "  ", path);
    buf_free(&bytes);
}

void chat_outputs(struct conversation *c, const char *envelope) {
    struct doc *d = NULL;
    struct err e = ERR_INIT;
    if (!envelope || doc_parse(&d, str_c(envelope), DOC_JSON, NULL, NULL) != CHELA_OK) return;
    doc_node outputs = doc_get(d, doc_root(d), S("outputs"));
    size_t told = 0;
    for (doc_node n = doc_first(d, outputs); n; n = doc_next(d, n)) {
        char path[PATH_MAX];
        str text, kind = { 0 };
        doc_string(d, doc_get(d, n, S("kind")), &kind);
        if (!doc_string(d, doc_get(d, n, S("path")), &text) || !str_copy(path, sizeof path, text))
            continue;
        tell(c, path, kind);
        told++;
    }
    doc_free(d);
    if (told) cli_print(S("\n"));
    /* Where nothing plays, the path is worth as much. */
    if (sound_take(&c->sound, envelope, c->cli->env)) (void)sound_start(&c->sound, &e);
}
