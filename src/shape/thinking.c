/* Thinking levels: which ones a model offers, and what becomes of the one that was asked for.
 *
 * A level on the command line that the model does not have is refused with the list, since the
 * person is there to choose; a configured default falls to the highest one that is there, since it
 * was written for another model. A model that gets no reasoning payload at all still accepts the
 * common levels: one default for all models must not break openrouter/auto.
 */
#include "shape/rule.h"

#include "base/log.h"

#include <string.h>

const char thinking_flag_source[] = "--thinking";

static const str words[] = { /* lowest first */
                             STR_INIT("off"),    STR_INIT("minimal"), STR_INIT("low"),
                             STR_INIT("medium"), STR_INIT("high"),    STR_INIT("xhigh"),
                             STR_INIT("max"),    STR_INIT("adaptive")
};
enum { OFF, MINIMAL, LOW, MEDIUM, HIGH, XHIGH, MAX, ADAPTIVE, WORDS, UNKNOWN = -1 };

_Static_assert(sizeof words / sizeof words[0] == WORDS && (int)WORDS == (int)THINKING_LEVELS,
               "every level has its word and its place");

const char *thinking_withheld(str model_id, const struct model_row *row) {
    if (model_is_auto(model_id))
        return "openrouter/auto chooses the model, and the levels are the model's";
    if (model_is_hunter_alpha(model_id))
        return "Hunter Alpha could answer in its reasoning field when it got one";
    if (row && !row->reasoning && !model_is_deepseek_v4(model_id))
        return "this model's catalogue row lists no reasoning";
    return NULL;
}

static bool lists(const struct model_row *row, str effort) {
    for (size_t i = 0; row && i < row->effort_count; i++)
        if (str_ieq(row->efforts[i], effort)) return true;
    return false;
}

/* Bit i: words[i] is offered. */
static unsigned offered(str model_id, const struct model_row *row) {
    const unsigned common = 1u << OFF | 1u << MINIMAL | 1u << LOW | 1u << MEDIUM | 1u << HIGH;
    if (model_is_deepseek_v4(model_id)) return common | 1u << XHIGH;
    unsigned set = 0;
    for (int i = MINIMAL; i < WORDS; i++)
        if (lists(row, words[i])) set |= 1u << i;
    bool listed = row && row->effort_count > 0;
    if (!listed) set = common;
    bool must_think = row && row->reasoning_mandatory && set & ~(1u << OFF);
    return must_think ? set & ~(1u << OFF) : set | 1u << OFF;
}

/* What may be asked for: of a model that gets no payload the common levels, to no effect. */
static unsigned accepted(str model_id, const struct model_row *row) {
    return thinking_withheld(model_id, row) ? offered(S(""), NULL) : offered(model_id, row);
}

static size_t spell_out(unsigned set, str list[THINKING_LEVELS]) {
    size_t n = 0;
    for (int i = 0; i < WORDS; i++)
        if (set >> i & 1u) list[n++] = words[i];
    return n;
}

size_t thinking_levels(str model_id, const struct model_row *row, str list[THINKING_LEVELS]) {
    return spell_out(thinking_withheld(model_id, row) ? 1u << OFF : offered(model_id, row), list);
}

static int word_of(str level) {
    level = str_trim(level);
    for (int i = 0; i < WORDS; i++)
        if (str_ieq(level, words[i])) return i;
    return UNKNOWN;
}

/* The highest of the set that is not above `wanted`; when all are above, the lowest that thinks. */
static int fall(unsigned set, int wanted) {
    for (int i = wanted; i > OFF; i--)
        if (set >> i & 1u) return i;
    if (wanted == OFF && set & 1u << OFF) return OFF;
    for (int i = wanted; i < ADAPTIVE; i++)
        if (set >> i & 1u) return i;
    return OFF;
}

/* adaptive where it is not listed, and max on DeepSeek V4, are other names of a level. */
static int translated(int word, unsigned set, str model_id) {
    if (word == ADAPTIVE && !(set >> ADAPTIVE & 1u)) return fall(set, MEDIUM);
    if (word == MAX && model_is_deepseek_v4(model_id)) return XHIGH;
    return word;
}

enum chela_error thinking_from_flag(struct thinking *out, str level, str model_id,
                                    const struct model_row *row, struct err *e) {
    *out = (struct thinking){ .source = "" };
    if (!str_trim(level).n) return CHELA_OK;
    unsigned set = accepted(model_id, row);
    int word = word_of(level);
    if (word != UNKNOWN) word = translated(word, set, model_id);
    if (word != UNKNOWN && set >> word & 1u) {
        *out = (struct thinking){ .level = words[word], .source = thinking_flag_source };
        return CHELA_OK;
    }
    str list[THINKING_LEVELS];
    size_t count = spell_out(set, list);
    struct buf names = BUF_INIT(256);
    for (size_t i = 0; i < count; i++) buf_addf(&names, "%s%.*s", i ? ", " : "", STR_ARG(list[i]));
    err_set(e, CHELA_USAGE, "--thinking %.*s: %.*s has the levels %.*s", STR_ARG(level),
            STR_ARG(model_id), STR_ARG(buf_str(&names)));
    buf_free(&names);
    return err_hint(e, CHELA_USAGE, "choose one of them, or leave --thinking out");
}

void thinking_fit(struct thinking *out, str level, const char *source, str model_id,
                  const struct model_row *row) {
    *out = (struct thinking){ .source = "" };
    if (!str_trim(level).n) return;
    int word = word_of(level);
    if (word == UNKNOWN) {
        log_warn("%s: \"%.*s\" is no thinking level and is ignored", source, STR_ARG(level));
        return;
    }
    unsigned set = accepted(model_id, row);
    word = translated(word, set, model_id);
    if (!(set >> word & 1u)) word = fall(set, word);
    *out = (struct thinking){ .level = words[word], .source = source };
}

void thinking_from_config(struct thinking *out, struct config *c, str key, str agent, str model_id,
                          const struct model_row *row) {
    *out = (struct thinking){ .source = "" };
    if (!c) return;
    struct doc *d = config_doc(c);
    struct config_params params = { 0 };
    config_params(c, key, agent, &params);
    static const char *const alias[] = { "thinking" };
    const char *source = "";
    str level = { 0 };
    doc_node n = config_param(&params, alias, 1, &source);
    if (!n || !doc_string(params.doc, n, &level)) {
        source = "agents.list[].thinkingDefault";
        n = doc_get(d, config_agent(c, agent), S("thinkingDefault"));
        if (!doc_string(d, n, &level)) {
            source = "agents.defaults.thinkingDefault";
            if (!config_string(c, source, &level)) return;
        }
    }
    thinking_fit(out, level, source, model_id, row);
}

bool thinking_needs_row(str level, str model_id, const struct model_row *row) {
    int word = word_of(level);
    return !row && (word == XHIGH || word == MAX) && !model_is_deepseek_v4(model_id) &&
           !thinking_withheld(model_id, NULL);
}

str thinking_effort(str level, const struct model_row *row) {
    if (str_eq(level, words[OFF])) return S("none");
    if (str_eq(level, words[ADAPTIVE]) && !lists(row, words[ADAPTIVE])) return words[MEDIUM];
    return level;
}
