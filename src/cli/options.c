#include "cli/options.h"

#include "base/suggest.h"

#include <string.h>

/* How many of the words are this path; 0: they are another. */
static size_t match_path(str path, const str *args, size_t count) {
    str word;
    size_t n = 0;
    while (path.n) {
        str_cut(path, ' ', &word, &path);
        if (n == count || !str_eq(args[n], word)) return 0;
        n++;
    }
    return n;
}

/* The words typed before the first option, joined: what the user took for a command. */
static void typed_words(const str *args, size_t count, struct buf *out) {
    for (size_t i = 0; i < count && !str_starts(args[i], S("-")) && i < 4; i++) {
        if (i) buf_addc(out, ' ');
        buf_add(out, args[i]);
    }
}

static enum chela_error unknown_command(const str *args, size_t count, struct err *e) {
    struct buf typed = BUF_INIT(1024);
    typed_words(args, count, &typed);
    str words = buf_str(&typed);
    struct suggest near;
    suggest_init(&near, words);
    for (size_t i = 0; cli_commands[i]; i++) suggest_offer(&near, str_c(cli_commands[i]->path));
    for (size_t i = 0; !near.best.n && cli_commands[i]; i++) {
        /* "inferr model": compare as many words as were typed, and the first word alone */
        str path = str_c(cli_commands[i]->path), first, rest;
        str_cut(path, ' ', &first, &rest);
        struct suggest word;
        suggest_init(&word, args[0]);
        suggest_offer(&word, first);
        if (word.best.n) near.best = first;
    }
    err_set(e, CHELA_USAGE, "unknown command \"%.*s\"", STR_ARG(words));
    if (near.best.n)
        err_hint(e, CHELA_USAGE, "did you mean \"chela %.*s\"?", STR_ARG(near.best));
    else
        err_hint(e, CHELA_USAGE, "chela --help lists the commands");
    buf_free(&typed);
    return CHELA_USAGE;
}

/* "gateway" is a command, and the beginning of others: a word behind it is one of theirs. */
static bool begins_others(const struct command *c) {
    for (size_t i = 0; cli_commands[i]; i++) {
        str path = str_c(cli_commands[i]->path), own = str_c(c->path);
        if (str_starts(path, own) && path.n > own.n && path.p[own.n] == ' ') return true;
    }
    return false;
}

const struct command *options_command(const str *args, size_t count, size_t *used, struct err *e) {
    const struct command *best = NULL;
    *used = 0;
    for (size_t i = 0; cli_commands[i]; i++) {
        size_t n = match_path(str_c(cli_commands[i]->path), args, count);
        if (!n) n = match_path(str_c(cli_commands[i]->alias), args, count);
        if (n > *used) {
            *used = n;
            best = cli_commands[i];
        }
    }
    bool mistyped = best && best->max_args == 0 && *used < count &&
                    !str_starts(args[*used], S("-")) && begins_others(best);
    if (best && !mistyped) return best;
    unknown_command(args, count, e);
    return NULL;
}

static struct cli_value *value_of(struct cli *c, const struct option_spec *spec) {
    struct cli_value *v = &c->value[spec - c->command->options];
    v->spec = spec;
    return v;
}

static const struct option_spec *by_name(const struct command *command, str name) {
    for (const struct option_spec *o = command->options; o && o->name; o++)
        if (str_eq(str_c(o->name), name)) return o;
    return NULL;
}

static const struct option_spec *by_letter(const struct command *command, char letter) {
    for (const struct option_spec *o = command->options; o && o->name; o++)
        if (o->letter == letter) return o;
    return NULL;
}

static enum chela_error unknown_option(const struct command *command, str name, struct err *e) {
    struct suggest near;
    suggest_init(&near, name);
    for (const struct option_spec *o = command->options; o && o->name; o++)
        if (o->help) suggest_offer(&near, str_c(o->name));
    err_set(e, CHELA_USAGE, "chela %s has no option --%.*s", command->path, STR_ARG(name));
    if (near.best.n) return err_hint(e, CHELA_USAGE, "did you mean --%.*s?", STR_ARG(near.best));
    return err_hint(e, CHELA_USAGE, "chela %s --help lists them", command->path);
}

static enum chela_error take(struct cli *c, const struct option_spec *spec, str text,
                             struct err *e) {
    struct cli_value *v = value_of(c, spec);
    if (v->count == CLI_MAX_REPEATS)
        return err_set(e, CHELA_USAGE, "--%s is given more than %d times", spec->name,
                       CLI_MAX_REPEATS);
    if (spec->kind == OPTION_INT && !str_i64(text, &v->number))
        return err_set(e, CHELA_USAGE, "--%s takes a whole number, not \"%.*s\"", spec->name,
                       STR_ARG(text));
    v->text[v->count++] = text;
    return CHELA_OK;
}

/* One option at args[*i]; moves *i to its last word. */
static enum chela_error parse_option(struct cli *c, const str *args, size_t count, size_t *i,
                                     struct err *e) {
    str word = args[*i], name, value = { 0 };
    const struct option_spec *spec;
    bool attached = false;
    if (str_starts(word, S("--"))) {
        attached = str_cut(str_skip(word, 2), '=', &name, &value);
        spec = by_name(c->command, name);
        if (!spec) return unknown_option(c->command, name, e);
    } else {
        spec = by_letter(c->command, word.p[1]);
        if (!spec)
            return err_set(e, CHELA_USAGE, "chela %s has no option %.*s", c->command->path,
                           STR_ARG(word));
        value = str_skip(word, 2);
        attached = value.n > 0;
    }
    if (spec->kind == OPTION_FLAG) {
        if (attached) return err_set(e, CHELA_USAGE, "--%s takes no value", spec->name);
        return take(c, spec, S("true"), e);
    }
    if (!attached && spec->kind == OPTION_MAYBE) {
        bool follows = *i + 1 < count && !str_starts(args[*i + 1], S("-"));
        return take(c, spec, follows ? args[++*i] : S(""), e);
    }
    if (!attached) {
        if (*i + 1 == count) return err_set(e, CHELA_USAGE, "--%s needs a value", spec->name);
        value = args[++*i];
    }
    return take(c, spec, value, e);
}

enum chela_error options_parse(struct cli *c, const str *args, size_t count, struct err *e) {
    bool options_end = false;
    for (size_t i = 0; i < count; i++) {
        enum chela_error rc = CHELA_OK;
        if (c->command->passes_words && c->arg_count) options_end = true;
        if (!options_end && str_eq(args[i], S("--"))) {
            options_end = true;
        } else if (!options_end && args[i].n > 1 && args[i].p[0] == '-') {
            rc = parse_option(c, args, count, &i, e);
        } else if (c->arg_count == c->command->max_args ||
                   c->arg_count == sizeof c->arg / sizeof c->arg[0]) {
            err_set(e, CHELA_USAGE, "chela %s: unexpected \"%.*s\"", c->command->path,
                    STR_ARG(args[i]));
            rc = err_hint(e, CHELA_USAGE, "chela %s --help shows how it is used", c->command->path);
        } else {
            c->arg[c->arg_count++] = args[i];
        }
        if (rc != CHELA_OK) return rc;
    }
    if (c->arg_count < c->command->min_args) {
        err_set(e, CHELA_USAGE, "chela %s: %s is missing", c->command->path, c->command->operands);
        return err_hint(e, CHELA_USAGE, "chela %s --help shows how it is used", c->command->path);
    }
    c->json = cli_given(c, "json");
    return CHELA_OK;
}

static const struct cli_value *given(const struct cli *c, const char *option) {
    const struct option_spec *spec = by_name(c->command, str_c(option));
    const struct cli_value *v = spec ? &c->value[spec - c->command->options] : NULL;
    return v && v->count ? v : NULL;
}

bool cli_given(const struct cli *c, const char *option) {
    return given(c, option) != NULL;
}

str cli_text(const struct cli *c, const char *option) {
    const struct cli_value *v = given(c, option);
    return v ? v->text[v->count - 1] : (str){ 0 };
}

size_t cli_texts(const struct cli *c, const char *option, const str **texts) {
    const struct cli_value *v = given(c, option);
    *texts = v ? v->text : NULL;
    return v ? v->count : 0;
}

int64_t cli_int(const struct cli *c, const char *option, int64_t otherwise) {
    const struct cli_value *v = given(c, option);
    return v ? v->number : otherwise;
}
