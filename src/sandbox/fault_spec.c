/* The grammar of faults: one table, from which parsing and the list in the error message come. */
#include "base/suggest.h"
#include "sandbox/fault.h"

#include <stdio.h>
#include <string.h>

enum kind { NUMBER, FLAG, TEXT };
enum { MOST_MS = 10 * 60 * 1000, MOST_BYTES = 64 << 20, MOST_COUNT = 1 << 30 };

static const struct row {
    const char *name, *arg;
    int64_t least, most;
    enum kind kind;
    bool head, finish; /* the words it takes instead of a number */
} rows[] = {
    { "delay", "MS", 0, MOST_MS, NUMBER, false, false },
    { "stall", "N|head", 0, MOST_COUNT, NUMBER, true, false },
    { "cut", "BYTES|head|finish", 0, MOST_COUNT, NUMBER, true, true },
    { "cut-event", "N", 0, MOST_COUNT, NUMBER, false, false },
    { "no-finish", NULL, 0, 0, FLAG, false, false },
    { "malformed", "N", 1, MOST_COUNT, NUMBER, false, false },
    { "error-event", "CODE", 400, 599, NUMBER, false, false },
    { "huge", "BYTES", 1, MOST_BYTES, NUMBER, false, false },
    { "status", "CODE", 300, 599, NUMBER, false, false },
    { "retry-after", "SECONDS", 0, 86400, NUMBER, false, false },
    { "html", NULL, 0, 0, FLAG, false, false },
    { "wrong-type", NULL, 0, 0, FLAG, false, false },
    { "times", "N", 1, MOST_COUNT, NUMBER, false, false },
    { "path", "TEXT", 0, 0, TEXT, false, false },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static void store(struct fault_spec *s, const char *name, int64_t n) {
    str is = str_c(name);
    if (str_eq(is, S("delay"))) s->delay_ms = (uint64_t)n;
    if (str_eq(is, S("stall"))) s->stall = n;
    if (str_eq(is, S("cut"))) s->cut = n;
    if (str_eq(is, S("cut-event"))) s->cut_event = n;
    if (str_eq(is, S("no-finish"))) s->no_finish = true;
    if (str_eq(is, S("malformed"))) s->malformed = n;
    if (str_eq(is, S("error-event"))) s->error_event = (int)n;
    if (str_eq(is, S("huge"))) s->huge = n;
    if (str_eq(is, S("status"))) s->status = (int)n;
    if (str_eq(is, S("retry-after"))) s->retry_after = n;
    if (str_eq(is, S("html"))) s->html = true;
    if (str_eq(is, S("wrong-type"))) s->wrong_type = true;
    if (str_eq(is, S("times"))) s->times = n;
}

static void list_known(char *dst, size_t cap) {
    size_t n = 0;
    for (size_t i = 0; i < ROWS && n < cap; i++) {
        int k = snprintf(dst + n, cap - n, "%s%s%s%s", i ? ", " : "", rows[i].name,
                         rows[i].arg ? "=" : "", rows[i].arg ? rows[i].arg : "");
        if (k > 0) n += (size_t)k;
    }
}

static enum chela_error unknown(str name, struct err *e) {
    char known[512];
    struct suggest s;
    suggest_init(&s, name);
    for (size_t i = 0; i < ROWS; i++) suggest_offer(&s, str_c(rows[i].name));
    list_known(known, sizeof known);
    err_set(e, CHELA_USAGE, "no fault is called '%.*s'; there are: %s", STR_ARG(name), known);
    if (s.best.n) err_hint(e, CHELA_USAGE, "did you mean %.*s?", STR_ARG(s.best));
    return CHELA_USAGE;
}

static enum chela_error bad_value(const struct row *r, str value, struct err *e) {
    if (r->kind == NUMBER)
        return err_set(e, CHELA_USAGE, "fault %s=%.*s: %s is a number from %lld to %lld%s%s",
                       r->name, STR_ARG(value), r->arg, (long long)r->least, (long long)r->most,
                       r->head ? ", or head" : "", r->finish ? ", or finish" : "");
    return err_set(e, CHELA_USAGE, "fault %s: %s", r->name,
                   r->kind == FLAG ? "it takes no value" : "it needs a value of 1 to 127 bytes");
}

static enum chela_error read_item(struct fault_spec *s, str item, struct err *e) {
    str name, value;
    bool has_value = str_cut(item, '=', &name, &value);
    const struct row *r = NULL;
    for (size_t i = 0; i < ROWS; i++)
        if (str_eq(name, str_c(rows[i].name))) r = &rows[i];
    if (!r) return unknown(name, e);
    int64_t n = 0;
    if (r->kind == TEXT) {
        if (value.n == 0 || !str_copy(s->path, sizeof s->path, value))
            return bad_value(r, value, e);
        return CHELA_OK;
    }
    if (r->kind == FLAG) {
        if (has_value) return bad_value(r, value, e);
    } else if (r->head && str_eq(value, S("head"))) {
        n = FAULT_AT_HEAD;
    } else if (r->finish && str_eq(value, S("finish"))) {
        n = FAULT_AT_FINISH;
    } else if (!str_i64(value, &n) || n < r->least || n > r->most) {
        return bad_value(r, value, e);
    }
    store(s, r->name, n);
    return CHELA_OK;
}

enum chela_error fault_parse(struct fault_spec *out, str text, struct err *e) {
    *out = (struct fault_spec){ .stall = FAULT_NEVER,
                                .cut = FAULT_NEVER,
                                .cut_event = FAULT_NEVER,
                                .retry_after = FAULT_NEVER };
    str rest = text;
    do {
        str item;
        str_cut(rest, ',', &item, &rest);
        enum chela_error code = read_item(out, str_trim(item), e);
        if (code != CHELA_OK) return code;
    } while (rest.n);
    if (out->retry_after != FAULT_NEVER && !out->status)
        return err_set(e, CHELA_USAGE, "fault retry-after: it goes with status=CODE");
    return CHELA_OK;
}
