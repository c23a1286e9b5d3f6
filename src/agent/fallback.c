#include "agent/fallback.h"

static enum chela_error first_of(struct model_ref *out, struct config *c, const struct catalog *k,
                                 str model, str agent, bool *configured, struct arena *a,
                                 struct err *e) {
    struct model_ref usual;
    *configured = true;
    if (!model.n) return model_ref_default(out, c, agent, a, e);
    enum chela_error rc = catalog_resolve(out, model, k, c, a, e);
    if (rc != CHELA_OK) return rc;
    *configured =
        model_ref_default(&usual, c, agent, a, NULL) == CHELA_OK && str_eq(usual.id, out->id);
    return CHELA_OK;
}

enum chela_error candidates_find(struct candidates *out, struct config *c, const struct catalog *k,
                                 str model, str agent, struct arena *a, struct err *e) {
    struct model_ref first, *others = NULL;
    size_t count = 0;
    bool configured;
    *out = (struct candidates){ 0 };
    enum chela_error rc = first_of(&first, c, k, model, agent, &configured, a, e);
    if (rc == CHELA_OK && configured) rc = model_ref_fallbacks(&others, &count, c, agent, a, e);
    if (rc != CHELA_OK) return rc;
    out->item = arena_alloc(a, (count + 1) * sizeof *out->item);
    if (!out->item) return err_set(e, CHELA_NOMEM, "out of memory for the fall-back models");
    out->item[out->count++] = first;
    for (size_t i = 0; i < count; i++)
        if (!str_eq(others[i].id, first.id) || !str_eq(others[i].profile, first.profile))
            out->item[out->count++] = others[i];
    return CHELA_OK;
}

bool fallback_needs_other_key(const struct err *why) {
    return why->code == CHELA_KEY_REFUSED || why->code == CHELA_NO_KEY;
}

bool fallback_helps(const struct err *why, bool sent) {
    switch (why->code) {
    case CHELA_PAYMENT:
    case CHELA_FORBIDDEN:
    case CHELA_NOT_FOUND:
    case CHELA_RATE_LIMITED:
    case CHELA_UPSTREAM:
    case CHELA_REQUEST:
    case CHELA_FILTERED:
    case CHELA_PROTOCOL:
    case CHELA_CUT:
    case CHELA_EMPTY: return true;
    case CHELA_LIMIT:   /* sent: too long for this model, or too much from it */
    case CHELA_TIMEOUT: /* not sent: nobody is reached there */
    case CHELA_UNAVAILABLE: return sent;
    default: return fallback_needs_other_key(why);
    }
}
