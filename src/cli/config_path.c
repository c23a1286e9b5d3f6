#include "cli/config_path.h"

#include "base/suggest.h"

enum chela_error config_path_missing(struct doc *d, str path, struct err *e) {
    str known = path;
    doc_node n = 0;
    while (!n && doc_path_up(&known)) n = doc_path_get(d, known, NULL);
    str step = str_skip(path, known.n), name;
    if (str_starts(step, S("."))) step = str_skip(step, 1);
    name = step;
    for (size_t i = 0; i < step.n; i++) {
        if (step.p[i] != '.' && step.p[i] != '[') continue;
        name = str_head(step, i);
        break;
    }
    struct suggest near;
    suggest_init(&near, name);
    for (doc_node child = doc_first(d, n); child && doc_type(d, n) == DOC_OBJECT;
         child = doc_next(d, child))
        suggest_offer(&near, doc_key(d, child));
    err_set(e, CHELA_INPUT, "%.*s is not set", STR_ARG(path));
    if (near.best.n)
        return err_hint(e, CHELA_INPUT, "did you mean \"%.*s%s%.*s\"?", STR_ARG(known),
                        known.n ? "." : "", STR_ARG(near.best));
    if (doc_type(d, n) == DOC_ARRAY)
        return err_hint(e, CHELA_INPUT, "%.*s has %zu item%s", STR_ARG(known), doc_len(d, n),
                        doc_len(d, n) == 1 ? "" : "s");
    if (known.n && doc_type(d, n) != DOC_OBJECT)
        return err_hint(e, CHELA_INPUT, "%.*s is %s", STR_ARG(known),
                        doc_type_name(doc_type(d, n)));
    return CHELA_INPUT;
}
