#include "server/multipart.h"

#include <string.h>

enum { MOST_BOUNDARY = 70 };

/* The value of a parameter (`name="x"`, boundary=abc) in a header's value; NULL p: not there. */
static str parameter(str value, str name) {
    for (str one, rest = value; rest.n;) {
        str key, text;
        bool quoted = false;
        size_t n = 0;
        for (; n < rest.n && (quoted || rest.p[n] != ';'); n++) {
            if (rest.p[n] == '\\' && quoted && n + 1 < rest.n)
                n++;
            else if (rest.p[n] == '"')
                quoted = !quoted;
        }
        one = str_trim(str_head(rest, n));
        rest = str_skip(rest, n + 1);
        if (!str_cut(one, '=', &key, &text) || !str_ieq(str_trim(key), name)) continue;
        text = str_trim(text);
        if (text.n >= 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
            text = (str){ text.p + 1, text.n - 2 };
        return text.p ? text : S("");
    }
    return (str){ 0 };
}

enum chela_error multipart_open(struct multipart *m, str content_type, str body, struct err *e) {
    *m = (struct multipart){ .rest = body };
    if (!str_istarts(content_type, S("multipart/form-data")))
        return err_set(e, CHELA_INPUT, "the body: expected multipart/form-data");
    str boundary = parameter(content_type, S("boundary"));
    if (!boundary.n || boundary.n > MOST_BOUNDARY)
        return err_set(e, CHELA_INPUT,
                       "multipart/form-data needs a boundary of 1 to 70 characters");
    memcpy(m->mark, "--", 2);
    memcpy(m->mark + 2, boundary.p, boundary.n);
    m->mark_n = boundary.n + 2;
    return CHELA_OK;
}

static enum chela_error broken(struct err *e, const char *what) {
    return err_set(e, CHELA_INPUT, "the multipart body is broken: %s", what);
}

/* Of the boundary in rest that stands at the start of a line, or -1. */
static ptrdiff_t find_mark(const struct multipart *m, str rest) {
    str mark = { m->mark, m->mark_n };
    for (size_t from = 0;;) {
        ptrdiff_t at = str_find(str_skip(rest, from), mark);
        if (at < 0) return -1;
        size_t place = from + (size_t)at;
        if (place >= 2 && rest.p[place - 2] == '\r' && rest.p[place - 1] == '\n')
            return (ptrdiff_t)place;
        from = place + 1;
    }
}

/* Behind a boundary: "--" is the end, a line break a part. */
static enum chela_error after_mark(struct multipart *m, struct err *e) {
    if (str_starts(m->rest, S("--"))) {
        m->over = true;
        return CHELA_OK;
    }
    while (m->rest.n && (m->rest.p[0] == ' ' || m->rest.p[0] == '\t'))
        m->rest = str_skip(m->rest, 1);
    if (!str_starts(m->rest, S("\r\n"))) return broken(e, "no line break after a boundary");
    m->rest = str_skip(m->rest, 2);
    return CHELA_OK;
}

static enum chela_error begin(struct multipart *m, struct err *e) {
    str mark = { m->mark, m->mark_n };
    ptrdiff_t at = str_starts(m->rest, mark) ? 0 : find_mark(m, m->rest);
    if (at < 0) return broken(e, "its boundary is not in it");
    m->rest = str_skip(m->rest, (size_t)at + m->mark_n);
    m->begun = true;
    return after_mark(m, e);
}

static enum chela_error read_headers(struct multipart *m, struct part *out, struct err *e) {
    bool named = false;
    for (;;) {
        ptrdiff_t end = str_find(m->rest, S("\r\n"));
        str line = str_head(m->rest, end < 0 ? 0 : (size_t)end), key, value;
        if (end < 0) return broken(e, "it ends in a part's headers");
        m->rest = str_skip(m->rest, (size_t)end + 2);
        if (!line.n) break;
        if (!str_cut(line, ':', &key, &value)) return broken(e, "a part's header has no colon");
        if (str_ieq(key, S("content-type"))) out->type = str_trim(value);
        if (!str_ieq(key, S("content-disposition"))) continue;
        str name = parameter(value, S("name")), file = parameter(value, S("filename"));
        named = name.p != NULL;
        out->name = name;
        out->is_file = file.p != NULL;
        out->filename = file;
    }
    return named ? CHELA_OK : broken(e, "a part has no name");
}

enum chela_error multipart_next(struct multipart *m, struct part *out, bool *found, struct err *e) {
    *out = (struct part){ 0 };
    *found = false;
    enum chela_error rc = m->begun ? CHELA_OK : begin(m, e);
    if (rc != CHELA_OK || m->over) return rc;
    if (++m->parts > MULTIPART_MOST) return broken(e, "it has too many parts");
    if ((rc = read_headers(m, out, e)) != CHELA_OK) return rc;
    /* The line break before a boundary belongs to it; an empty part has only that of its headers.
     */
    str from = { m->rest.p - 2, m->rest.n + 2 };
    ptrdiff_t end = find_mark(m, from);
    if (end < 0) return broken(e, "it ends before its last boundary");
    out->data = end >= 4 ? str_head(m->rest, (size_t)end - 4) : str_head(m->rest, 0);
    m->rest = str_skip(from, (size_t)end + m->mark_n);
    *found = true;
    return after_mark(m, e);
}
