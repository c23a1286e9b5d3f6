/* R10: OpenRouter answers a repeated request from its own cache, if the headers ask for it. Opt-in,
 * per model; nothing to do with prompt caching.
 *
 * `infer model run` sends no such header (the captured program sends none): it is the command that
 * one repeats to see what a model says now.
 */
#include "shape/rule.h"

#include <math.h>
#include <stdlib.h>

enum { TTL_MIN = 1, TTL_MAX = 86400 }; /* seconds; OpenRouter's range */

static const char *const enable_keys[] = { "responseCache", "response_cache" };
static const char *const ttl_keys[] = { "responseCacheTtlSeconds", "response_cache_ttl_seconds",
                                        "responseCacheTtl", "response_cache_ttl" };
static const char *const clear_keys[] = { "responseCacheClear", "response_cache_clear" };

enum answer { UNSET, YES, NO };

static enum answer answer_of(struct shape_ctx *x, doc_node n) {
    struct doc *d = x->params ? x->params->doc : NULL;
    bool flag;
    if (!n) return UNSET;
    if (doc_bool(d, n, &flag)) return flag ? YES : NO;
    static const char *const yes[] = { "1", "true", "yes", "on", "enable", "enabled" };
    static const char *const no[] = { "0", "false", "no", "off", "disable", "disabled" };
    str word = node_word(x, d, n);
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (str_eq(word, str_c(yes[i]))) return YES;
        if (str_eq(word, str_c(no[i]))) return NO;
    }
    return UNSET;
}

/* How much of s is a decimal number: "90.7 seconds" starts with one. */
static str number_prefix(str s) {
    size_t i = 0, digits = 0;
    if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) i++;
    for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) digits++;
    if (i < s.n && s.p[i] == '.')
        for (i++; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) digits++;
    if (!digits) return (str){ 0 };
    size_t mantissa = i;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        if (i < s.n && (s.p[i] == '-' || s.p[i] == '+')) i++;
        size_t first = i;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
        if (i == first) i = mantissa;
    }
    return str_head(s, i);
}

/* Seconds, truncated and clamped; false: not given, or no number. */
static bool ttl_of(struct shape_ctx *x, doc_node n, int *seconds) {
    if (!n) return false;
    double value;
    str text;
    if (doc_string(x->params->doc, n, &text)) {
        if (!str_f64(number_prefix(str_trim(text)), &value)) return false;
    } else if (!doc_number(x->params->doc, n, &value)) {
        return false;
    }
    if (!isfinite(value)) return false;
    value = trunc(value);
    *seconds = value < TTL_MIN ? TTL_MIN : value > TTL_MAX ? TTL_MAX : (int)value;
    return true;
}

static void withhold(struct shape_ctx *x, str header, const char *value, const char *reason) {
    shape_record(x, &rule_response_cache, CHANGE_WITHHELD, header, str_c(value), "%s", reason);
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    const char *enable_at, *ttl_at, *clear_at;
    enum answer enable = answer_of(x, PARAM(x, enable_keys, &enable_at));
    enum answer clear = answer_of(x, PARAM(x, clear_keys, &clear_at));
    int seconds = 0;
    bool has_ttl = ttl_of(x, PARAM(x, ttl_keys, &ttl_at), &seconds);
    const char *ttl = arena_printf(x->arena, "%d", seconds).p;
    bool on = enable == YES || (enable == UNSET && clear == YES);

    if (enable == UNSET && clear != YES) {
        if (has_ttl)
            withhold(x, S("header X-OpenRouter-Cache-TTL"), ttl,
                     "a lifetime alone does not switch response caching on: responseCache does");
        return CHELA_OK;
    }
    const char *wanted = on ? "true" : "false";
    if (x->kind == CALL_INFER) {
        withhold(x, S("header X-OpenRouter-Cache"), wanted,
                 "response caching is for the agent's turns and for requests that are sent as they "
                 "are: a single prompt is run to see what the model says now");
        return CHELA_OK;
    }
    if (!x->route.verified) {
        shape_record(x, &rule_response_cache, CHANGE_WITHHELD, S("header X-OpenRouter-Cache"),
                     str_c(wanted), "only OpenRouter knows this header; this route is %s",
                     x->route.why);
        return CHELA_OK;
    }
    enum chela_error rc =
        header_set(x, &rule_response_cache, S("X-OpenRouter-Cache"), str_c(wanted), e, "%s says so",
                   param_path(x, enable == UNSET ? clear_at : enable_at,
                              enable == UNSET ? S("responseCacheClear") : S("responseCache")));
    if (rc == CHELA_OK && on && has_ttl)
        rc = header_set(x, &rule_response_cache, S("X-OpenRouter-Cache-TTL"), str_c(ttl), e,
                        "seconds, from %s; whole, between %d and %d",
                        param_path(x, ttl_at, S("responseCacheTtlSeconds")), TTL_MIN, TTL_MAX);
    if (rc == CHELA_OK && on && clear == YES)
        rc = header_set(x, &rule_response_cache, S("X-OpenRouter-Cache-Clear"), S("true"), e,
                        "%s asks for a fresh answer, which then replaces the stored one",
                        param_path(x, clear_at, S("responseCacheClear")));
    if (rc == CHELA_OK && !on && (has_ttl || clear == YES))
        withhold(
            x, has_ttl ? S("header X-OpenRouter-Cache-TTL") : S("header X-OpenRouter-Cache-Clear"),
            has_ttl ? ttl : "true", "response caching is switched off");
    return rc;
}

const struct shape_rule rule_response_cache = {
    .name = "response-cache",
    .anchor = "docs/rules.md#response-cache",
    .apply = apply,
};
