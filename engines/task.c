#include "engines/task.h"

static doc_node member(const struct task *t, const char *key) {
    return t->doc ? doc_get(t->doc, doc_root(t->doc), str_c(key)) : 0;
}

str task_string(struct task *t, const char *key, const char *fallback) {
    str value;
    return t->doc && doc_string(t->doc, member(t, key), &value) ? value : str_c(fallback);
}

double task_number(struct task *t, const char *key, double fallback) {
    double value;
    return t->doc && doc_number(t->doc, member(t, key), &value) ? value : fallback;
}

bool task_bool(struct task *t, const char *key, bool fallback) {
    bool value;
    return t->doc && doc_bool(t->doc, member(t, key), &value) ? value : fallback;
}

int64_t task_int(struct task *t, const char *key, int64_t fallback, int64_t low, int64_t high) {
    int64_t value;
    if (!t->doc || !doc_int(t->doc, member(t, key), &value)) return fallback;
    return value < low ? low : value > high ? high : value;
}

str task_query(const struct task *t, const char *key) {
    for (str rest = t->query, pair, name, value; rest.n;) {
        str_cut(rest, '&', &pair, &rest);
        if (str_cut(pair, '=', &name, &value) && str_eq(name, str_c(key))) return value;
    }
    return (str){ 0 };
}
