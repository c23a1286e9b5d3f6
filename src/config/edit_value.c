/* What somebody typed as a value.
 *
 * Shells eat quotes, so a string comes without them: `config set … openrouter/auto`. What can be
 * read as JSON5 is that; the rest is a string, unless it begins like JSON5 and only ends wrongly.
 * Where nothing but a string may stand, a bare 7 or true is one too.
 */
#include "config/edit.h"

#include "config/internal.h"
#include "doc/json_write.h"

static bool descend(void *ctx, str key, bool item) {
    const struct schema_rule **rule = ctx;
    if (schema_step(rule, key, item)) return *rule != NULL;
    *rule = NULL; /* not read by chela: anything may be there */
    return false;
}

/* Nothing but a string may stand at the path. */
static bool is_for_strings(str path, struct err *e) {
    const struct schema_rule *rule = &schema_openclaw;
    return doc_path_steps(path, descend, &rule, e) && rule && rule->types == IS_STRING;
}

static bool is_bare(const struct doc *d) {
    enum doc_type type = doc_type(d, doc_root(d));
    return type == DOC_NUMBER || type == DOC_BOOL || type == DOC_NULL;
}

enum chela_error config_edit_read_value(str path, str word, bool strict, struct buf *out,
                                        struct err *e) {
    struct doc *d;
    struct err wrong = ERR_INIT, bad_path = ERR_INIT;
    enum chela_error rc = doc_parse(&d, word, DOC_JSON5, NULL, &wrong);
    bool for_strings = is_for_strings(path, &bad_path);
    bool quote = !strict && (rc == CHELA_INPUT || (rc == CHELA_OK && for_strings && is_bare(d)));
    doc_free(d);
    if (bad_path.code != CHELA_OK) {
        if (e) *e = bad_path;
        return bad_path.code;
    }
    str text = str_trim(word);
    bool begins_like_json = text.n && (text.p[0] == '{' || text.p[0] == '[' || text.p[0] == '"' ||
                                       text.p[0] == '\'' || str_starts(text, S("/*")));
    if (rc == CHELA_NOMEM || (rc != CHELA_OK && (!quote || begins_like_json))) {
        err_set(e, rc == CHELA_INPUT ? CHELA_USAGE : rc, "the value is not JSON5: %s",
                wrong.message);
        if (strict && !begins_like_json)
            err_hint(e, CHELA_USAGE, "a string takes quotes of its own: '\"%.*s\"'",
                     STR_ARG(str_head(text, 60)));
        return rc == CHELA_INPUT ? CHELA_USAGE : rc;
    }
    if (quote)
        json_quote(out, word);
    else
        buf_add(out, word);
    return out->failed ? err_set(e, CHELA_LIMIT, "the value is too large") : CHELA_OK;
}
