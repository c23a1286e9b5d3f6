/* Ids of models, without configuration or catalogue: what may be one, and how OpenRouter spells it.
 *
 * OpenRouter's own routers ("auto", "free", "fusion", "aurora-alpha") have no vendor and keep the
 * prefix "openrouter/" on the wire; every other model is vendor/model there, without it. So the
 * prefix goes exactly when a vendor follows. Twice the prefix is a spelling that older programs
 * left in configurations, and means once.
 */
#include "catalog/model_id.h"

#include "base/utf8.h"

/* The part that names the model: "a/b" of "a/b@preset/x". A preset alone is all name. */
static size_t name_length(str id) {
    ptrdiff_t at = str_find(id, S("@preset/"));
    return at > 0 ? (size_t)at : id.n;
}

static bool visible(str s) {
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c <= ' ' || c == 0x7f || c == '"' || c == '\\') return false;
        /* U+0080 to U+009F: terminals obey some of them */
        if (c == 0xc2 && i + 1 < s.n && (unsigned char)s.p[i + 1] < 0xa0) return false;
    }
    return true;
}

const char *model_id_fault(str id) {
    if (!id.n) return "no model is named";
    if (!utf8_valid(id)) return "it is not UTF-8";
    if (!visible(id))
        return "a blank, a control character, a quote or a backslash cannot be part of it";
    if (str_chr(id, '*') >= 0) return "a pattern (*) names no single model";
    str part, rest = id;
    for (bool more = true; more;) {
        more = str_cut(rest, '/', &part, &rest);
        if (!part.n) return "there is nothing between two slashes, or beside one";
        if (part.p[0] == ':') return "no model is named before the ':'";
        if (part.p[part.n - 1] == ':' || str_has(part, S("::")))
            return "no variant is named after the ':'";
    }
    if (str_ends(id, S("@"))) return "no name follows the '@'";
    return NULL;
}

bool model_id_has_vendor(str id) {
    return str_chr(str_head(id, name_length(id)), '/') >= 0;
}

str model_id_on_wire(str id, struct arena *a) {
    while (str_istarts(id, S("openrouter/"))) id = str_skip(id, 11);
    if (!id.n) return id;
    if (model_id_has_vendor(id)) return id;
    str name, variant;
    str_cut(str_head(id, name_length(id)), ':', &name, &variant);
    if (str_ieq(name, S("deepseek-v4-flash")) || str_ieq(name, S("deepseek-v4-pro")))
        return arena_printf(a, "deepseek/%.*s", STR_ARG(id));
    return arena_printf(a, "openrouter/%.*s", STR_ARG(id));
}

bool model_id_parent(str id, str *parent) {
    size_t n = name_length(id);
    if (n == id.n) {
        ptrdiff_t colon = str_rchr(id, ':');
        if (colon <= str_rchr(id, '/') + 1) return false;
        n = (size_t)colon;
    }
    *parent = str_head(id, n);
    return true;
}

str model_id_tail(str id) {
    ptrdiff_t slash = str_rchr(str_head(id, name_length(id)), '/');
    return str_skip(id, (size_t)(slash + 1));
}
