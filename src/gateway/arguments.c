#include "gateway/arguments.h"

#include "base/suggest.h"

#include <stdio.h>

enum chela_error arguments_number(str name, const char *value, int64_t most, int64_t *out,
                                  struct err *e) {
    if (str_i64(str_c(value), out) && *out >= 0 && *out <= most) return CHELA_OK;
    return err_set(e, CHELA_USAGE, "--%.*s %s: a number from 0 to %lld is needed", STR_ARG(name),
                   value, (long long)most);
}

static enum chela_error unknown(const struct arguments *a, str word, struct err *e) {
    struct suggest near;
    suggest_init(&near, word);
    for (const struct argument *o = a->list; o->name; o++) suggest_offer(&near, str_c(o->name));
    err_set(e, CHELA_USAGE, "%s has no option --%.*s", a->preset, STR_ARG(word));
    if (near.best.n) return err_hint(e, CHELA_USAGE, "did you mean --%.*s?", STR_ARG(near.best));
    return err_hint(e, CHELA_USAGE, "chela %s --help lists them", a->preset);
}

enum chela_error arguments_read(const struct arguments *a, char **words, enum arguments_wish *wish,
                                struct err *e) {
    *wish = ARGUMENTS_RUN;
    for (; *words; words++) {
        str word = str_c(*words), name, value;
        if (!str_starts(word, S("--")))
            return err_set(e, CHELA_USAGE, "%s takes no operand: %s", a->preset, *words);
        bool joined = str_cut(str_skip(word, 2), '=', &name, &value);
        if (str_eq(name, S("help")) || str_eq(name, S("version"))) {
            *wish = str_eq(name, S("help")) ? ARGUMENTS_HELP : ARGUMENTS_VERSION;
            continue;
        }
        const struct argument *o = a->list;
        while (o->name && !str_eq(name, str_c(o->name))) o++;
        if (!o->name) return unknown(a, name, e);
        if (!o->arg && joined) return err_set(e, CHELA_USAGE, "--%s takes no value", o->name);
        const char *given = joined ? value.p : NULL;
        if (o->arg && !joined) {
            given = *++words;
            if (!given) return err_set(e, CHELA_USAGE, "--%s needs a %s", o->name, o->arg);
        }
        enum chela_error code = a->take(a->ctx, name, given, e);
        if (code != CHELA_OK) return code;
    }
    return CHELA_OK;
}

void arguments_help(const struct arguments *a) {
    static const struct argument common[] = {
        { "help", NULL, "this text" },
        { "version", NULL, "the version" },
        { 0 },
    };
    const struct argument *const tables[] = { a->list, common };
    printf("usage: chela %s [options]\n\n%s\n\n", a->preset, a->about);
    for (size_t i = 0; i < 2; i++)
        for (const struct argument *o = tables[i]; o->name; o++) {
            char left[40];
            snprintf(left, sizeof left, "--%s %s", o->name, o->arg ? o->arg : "");
            printf("  %-18s %s\n", left, o->help);
        }
}
