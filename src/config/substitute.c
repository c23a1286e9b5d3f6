/* ${NAME} in any string value of openclaw.json becomes the variable's value.
 *
 * NAME is upper case; $${NAME} stays as the literal ${NAME}. What is not set stays in the text, so
 * that the feature that needed it fails by itself and the rest of the file works; it is a warning
 * where chela reads, and nothing in sections that are none of its business.
 */
#include "config/internal.h"

#include "doc/json_write.h"

/* At text.p[0] == '$': the length of ${NAME} and its name; 0 when there is none. */
static size_t reference(str text, str *name) {
    if (!str_starts(text, S("${"))) return 0;
    ptrdiff_t end = str_chr(text, '}');
    if (end < 0) return 0;
    *name = (str){ text.p + 2, (size_t)end - 2 };
    return env_name_is_valid(*name) ? (size_t)end + 1 : 0;
}

/* Appends `text` with its variables resolved; *changed tells whether that differs from text. */
static void expand(struct config *c, str text, doc_node n, bool quiet, struct buf *out,
                   bool *changed) {
    while (text.n) {
        ptrdiff_t dollar = str_chr(text, '$');
        size_t plain = dollar < 0 ? text.n : (size_t)dollar;
        buf_add(out, str_head(text, plain));
        text = str_skip(text, plain);
        if (!text.n) break;
        str name;
        size_t escaped = str_starts(text, S("$$")) ? reference(str_skip(text, 1), &name) : 0;
        if (escaped) {
            buf_add(out, str_head(str_skip(text, 1), escaped));
            text = str_skip(text, escaped + 1);
            *changed = true;
            continue;
        }
        size_t length = reference(text, &name);
        if (!length) {
            buf_addc(out, '$');
            text = str_skip(text, 1);
            continue;
        }
        enum env_origin origin;
        const char *value = env_find(c, name, &origin);
        if (value) {
            buf_add(out, str_c(value));
            *changed = true;
        } else {
            buf_add(out, str_head(text, length));
            if (!quiet)
                config_warn(c, &c->main, n,
                            "missing env var \"%.*s\"; whatever uses this value will not work",
                            STR_ARG(name));
        }
        text = str_skip(text, length);
    }
}

/* The string n with its variables resolved: n itself, or what replaced it; 0: out of memory. */
static doc_node expand_string(struct config *c, doc_node n, bool quiet) {
    struct doc *d = c->main.doc;
    str raw = doc_raw(d, n), text;
    if (str_chr(raw, '$') < 0 && str_chr(raw, '\\') < 0) return n; /* \u0024 is a dollar too */
    if (!doc_string(d, n, &text) || str_chr(text, '$') < 0) return n;
    struct buf expanded = BUF_INIT(CONFIG_MAX_FILE), quoted = BUF_INIT(CONFIG_MAX_FILE);
    bool changed = false;
    expand(c, text, n, quiet, &expanded, &changed);
    doc_node result = n;
    if (expanded.failed == BUF_TOO_LARGE) {
        config_problem(c, &c->main, n, "with its variables resolved the text is too long");
    } else if (expanded.failed) {
        result = 0;
    } else if (changed) {
        struct config_mark mark = source_mark_of(&c->main, n);
        struct err e = ERR_INIT;
        mark.node = result =
            json_quote(&quoted, buf_str(&expanded)) ? doc_replace(d, n, buf_str(&quoted), &e) : 0;
        if (!result && e.code == CHELA_LIMIT) {
            config_problem(c, &c->main, n, "%s", e.message);
            result = n;
        } else if (result && !source_mark(&c->main, mark)) {
            result = 0;
        }
    }
    buf_free(&expanded);
    buf_free(&quoted);
    return result;
}

/* `rule` is the schema's for n; quiet: n is a part that chela does not read. */
static bool expand_below(struct config *c, doc_node n, const struct schema_rule *rule, bool quiet) {
    struct doc *d = c->main.doc;
    bool items = doc_type(d, n) == DOC_ARRAY;
    for (doc_node child = doc_first(d, n); child; child = doc_next(d, child)) {
        if (source_is_shadowed(&c->main, n, child)) continue;
        const struct schema_rule *below = rule;
        bool unread = quiet || !schema_step(&below, doc_key(d, child), items);
        if (doc_type(d, child) == DOC_STRING) {
            child = expand_string(c, child, unread);
            if (!child) return false;
        } else if (!expand_below(c, child, below, unread)) {
            return false;
        }
    }
    return true;
}

bool substitute_variables(struct config *c) {
    str text = buf_str(&c->main.text);
    /* Most files have no variables at all: then nothing is walked. */
    if (!c->included && str_chr(text, '$') < 0 && str_chr(text, '\\') < 0) return true;
    return expand_below(c, doc_root(c->main.doc), &schema_openclaw, false);
}
