/* Pictures that a turn has made: shown where the terminal can, else named. */
#include "cli/conversation.h"

#include "base/file.h"
#include "base/mime.h"
#include "doc/doc.h"
#include "term/picture.h"

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

void chat_pictures(struct conversation *c) {
    struct doc *d = NULL;
    const char *envelope = chela_envelope(c->lib);
    if (!envelope || doc_parse(&d, str_c(envelope), DOC_JSON, NULL, NULL) != CHELA_OK) return;
    doc_node outputs = doc_get(d, doc_root(d), S("outputs"));
    for (doc_node n = doc_first(d, outputs); n; n = doc_next(d, n)) {
        char path[PATH_MAX];
        str text;
        struct buf bytes = BUF_INIT(max_picture);
        if (!doc_string(d, doc_get(d, n, S("path")), &text) || !str_copy(path, sizeof path, text))
            continue;
        bool picture =
            file_read(path, &bytes, NULL) == CHELA_OK && mime_of_picture(buf_str(&bytes)).n;
        if (picture) show(c, path, buf_str(&bytes));
        conversation_aside(c, "  %s", path);
        buf_free(&bytes);
    }
    doc_free(d);
}
