/* R9, ruling 1: who is calling, told to OpenRouter and to nobody else. OpenRouter ranks
 * applications by it; to any other host it would only give away what the user runs. */
#include "shape/attribution.h"

#include "shape/rule.h"

const struct attribution_header attribution_headers[ATTRIBUTION_HEADERS] = {
    { STR_INIT("HTTP-Referer"), STR_INIT("https://openclaw.ai"), "attribution.referer" },
    { STR_INIT("X-OpenRouter-Title"), STR_INIT("OpenClaw"), "attribution.title" },
    { STR_INIT("X-OpenRouter-Categories"),
      STR_INIT("cli-agent,cloud-agent,programming-app,creative-writing,writing-assistant,"
               "general-chat,personal-agent"),
      "attribution.categories" },
};

bool attribution_owns(str header) {
    for (size_t i = 0; i < ATTRIBUTION_HEADERS; i++)
        if (str_ieq(header, attribution_headers[i].name)) return true;
    return false;
}

/* chela.json5 may name another application; a value that is no header value does not count. */
static bool renamed(struct shape_ctx *x, const struct attribution_header *h, str *value) {
    if (!x->config) return false;
    struct doc *own = config_chela_doc(x->config);
    str name;
    if (!doc_string(own, doc_path_get(own, str_c(h->setting), NULL), &name)) return false;
    struct header_list trial = { .arena = x->arena };
    if (!str_trim(name).n || !headers_set(&trial, h->name, name)) return false;
    *value = trial.item[0].value;
    return true;
}

static enum chela_error apply(struct shape_ctx *x, struct err *e) {
    if (!x->route.verified && x->record->unread) return CHELA_OK;
    for (size_t i = 0; i < ATTRIBUTION_HEADERS; i++) {
        const struct attribution_header *h = &attribution_headers[i];
        str value = h->value;
        bool own = renamed(x, h, &value);
        if (!x->route.verified) {
            shape_record(x, &rule_attribution, CHANGE_WITHHELD,
                         arena_printf(x->arena, "header %.*s", STR_ARG(h->name)), value,
                         "attribution is for OpenRouter alone; this route is %s", x->route.why);
            continue;
        }
        enum chela_error rc = header_set(
            x, &rule_attribution, h->name, value, e, "names the application to OpenRouter; %s",
            own ? "chela.json5 (attribution) names it so" : "chela.json5 may name another");
        if (rc != CHELA_OK) return rc;
    }
    return CHELA_OK;
}

const struct shape_rule rule_attribution = {
    .name = "attribution",
    .anchor = "docs/rules.md#attribution",
    .apply = apply,
};
