/* Case files of tests/data/doc:
 *
 *     === json5: a title
 *     a text, of any number of lines
 *     --- what to do, or what comes out
 *     more text
 *
 * The line break before a marker belongs to the marker.
 */
#ifndef DOC_CASES_H
#define DOC_CASES_H

#include "base/file.h"
#include "doc/doc.h"

#include <stdio.h>
#include <string.h>

enum { CASE_PARTS = 16 };

struct doc_case {
    str title;
    enum doc_syntax syntax;
    size_t count; /* part 0 is the text; the others have a head, "set a 1" */
    struct {
        str head, body;
    } part[CASE_PARTS];
};

/* The next case of *rest; false at the end. */
static bool next_case(str *rest, struct doc_case *c) {
    memset(c, 0, sizeof *c);
    if (!str_starts(*rest, S("=== "))) return false;
    str line, head, text = *rest;
    str_cut(str_skip(text, 4), '\n', &line, &text);
    str_cut(line, ':', &head, &c->title);
    c->title = str_trim(c->title);
    c->syntax = str_eq(head, S("json5")) ? DOC_JSON5 : DOC_JSON;
    const char *start = text.p;
    head = S("");
    for (;;) {
        bool marker = str_starts(text, S("--- ")) || str_starts(text, S("=== ")) || !text.n;
        if (marker) {
            size_t n = (size_t)(text.p - start);
            c->part[c->count].head = head;
            c->part[c->count++].body = (str){ start, n ? n - 1 : 0 };
            if (!str_starts(text, S("--- ")) || c->count == CASE_PARTS) break;
        }
        str_cut(text, '\n', &line, &text);
        if (marker) {
            head = str_skip(line, 4);
            start = text.p;
        }
    }
    *rest = text;
    return true;
}

static void read_cases(const char *name, struct buf *out) {
    char path[4096];
    struct err e = ERR_INIT;
    snprintf(path, sizeof path, "%s/doc/%s", TEST_DATA, name);
    if (file_read(path, out, &e) != CHELA_OK) fail_msg("%s", e.message);
}

#endif
