/* One answer, from whichever candidate gives one.
 *
 * Two walks over the list, each beginning with who answered last in this turn. The first passes
 * over the models that cool down; when nobody answered, the second asks those too: then no other is
 * left. A failure that another model would share ends it, and so does an answer that had begun to
 * be shown. */
#include "agent/cooldown.h"
#include "agent/loop.h"
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct walk {
    struct loop *l;
    bool *passed_over; /* by candidate: cools down, not asked yet */
    struct err first;  /* of the candidate that failed first: what the turn fails with */
    char failed[700];  /* "model: why; model: why" */
    size_t failures, listed;
    bool refused; /* a key was refused, or there was none: that of this profile */
    str refused_profile;
    char last[512]; /* why the candidate before did not answer, "" there was none */
};

/* ---- attempts ---- */

static struct agent_attempt *new_attempt(struct agent_run *r) {
    if (r->attempt_count == AGENT_ATTEMPTS_MAX) {
        r->attempts_unlisted++;
        return NULL;
    }
    struct agent_attempt *list =
        arena_list(&r->arena, r->attempt, r->attempt_count, &r->attempt_cap, sizeof *list);
    if (!list) return NULL;
    r->attempt = list;
    return &r->attempt[r->attempt_count++];
}

/* What the exchange tried, out of its arena, which goes with the next one. */
static void keep_attempts(struct loop *l) {
    struct agent_run *r = l->run;
    for (size_t i = 0; i < r->chat.attempt_count; i++) {
        struct agent_attempt *a = new_attempt(r);
        if (!a) continue;
        *a = (struct agent_attempt){ .chat = r->chat.attempt[i], .round = l->turn.round + 1 };
        a->chat.model = arena_dup(&r->arena, a->chat.model);
        a->chat.message = arena_dup(&r->arena, a->chat.message);
    }
}

/* One that failed before anything was sent, and one that was passed over. */
static void note_unsent(struct loop *l, str model, enum chela_error code, str message, bool skip) {
    struct agent_attempt *a = new_attempt(l->run);
    if (!a) return;
    *a = (struct agent_attempt){ .round = l->turn.round + 1, .skipped = skip };
    a->chat.model = arena_dup(&l->run->arena, model);
    a->chat.message = arena_dup(&l->run->arena, message);
    a->chat.code = code;
}

/* ---- cooling down ---- */

static void masked_key(const struct chat *c, char mask[64]) {
    const struct secret *key = &c->credential.key;
    mask[0] = '\0';
    if (secret_is_set(key)) secret_mask(mask, 64, (str){ key->bytes, key->n });
}

static enum chela_error cools_down(struct walk *w, bool *cools, struct err *e) {
    struct loop *l = w->l;
    const struct chat *c = &l->run->chat;
    char mask[64];
    int64_t left = 0;
    struct cooldown why;
    masked_key(c, mask);
    enum chela_error rc =
        cooldown_left(l->store, c->shape.model.id, str_c(mask), &left, &why, &l->run->arena, e);
    *cools = rc == CHELA_OK && left > 0;
    if (!*cools) return rc;
    str message = arena_printf(&l->run->arena, "cools down for %lld s more after: %.*s",
                               (long long)((left + 999) / 1000), STR_ARG(why.message));
    note_unsent(l, c->shape.model.id, err_named(why.code), message, true);
    snprintf(w->last, sizeof w->last, "%.*s %.*s", STR_ARG(c->shape.model.id), STR_ARG(message));
    return CHELA_OK;
}

/* ---- one candidate ---- */

static bool out_of_time(const struct loop *l) {
    return l->deadline_ms && clock_ms() >= l->deadline_ms;
}

static enum chela_error took_too_long(const struct loop *l, struct err *e) {
    err_set(e, CHELA_TIMEOUT, "the turn took longer than %.3g s",
            (double)l->request->timeout_ms / 1000);
    return err_hint(e, CHELA_TIMEOUT, "what was done is kept; give it longer with --timeout");
}

static enum chela_error send(struct loop *l, struct err *e) {
    const struct agent_events *to = l->events;
    const struct chat_events events = { .ctx = to->ctx,
                                        .on_text = to->on_text,
                                        .on_reasoning = to->on_reasoning,
                                        .on_notice = to->on_notice };
    struct http_timeouts timeouts = http_default_timeouts;
    if (out_of_time(l)) return took_too_long(l, e);
    if (l->deadline_ms) timeouts.total = l->deadline_ms - clock_ms();
    struct agent_run *r = l->run;
    enum chela_error rc =
        chat_send(&r->chat, &events, l->deadline_ms ? &timeouts : NULL, l->cancel, &r->reply, e);
    keep_attempts(l);
    return rc == CHELA_TIMEOUT && out_of_time(l) ? took_too_long(l, e) : rc;
}

/* The model's health, after it was asked. Losing a note is no reason to lose the turn. */
static void note_health(struct loop *l, enum chela_error rc, const struct err *why) {
    const struct chat *c = &l->run->chat;
    char mask[64];
    int64_t left;
    masked_key(c, mask);
    if (rc == CHELA_OK)
        (void)cooldown_reset(l->store, c->shape.model.id, str_c(mask), NULL);
    else if (!out_of_time(l) && !loop_cancelled(l))
        (void)cooldown_note(l->store, c->shape.model.id, str_c(mask), why, &left, NULL);
}

enum outcome { ANSWERED, GO_ON, PASSED_OVER, STOP };

static void keep_failure(struct walk *w, const struct model_ref *ref, const struct err *why) {
    if (!w->failures++) w->first = *why;
    snprintf(w->last, sizeof w->last, "%.*s: %.380s", STR_ARG(ref->id), why->message);
    if (fallback_needs_other_key(why)) {
        w->refused = true;
        w->refused_profile = ref->profile;
    }
    size_t n = strlen(w->failed), room = sizeof w->failed - n, need = strlen(w->last) + 3;
    if (need > room) return;
    snprintf(w->failed + n, room, "%s%s", n ? "; " : "", w->last);
    w->listed++;
}

static enum outcome try_candidate(struct walk *w, size_t index, bool may_pass_over, struct err *e) {
    struct loop *l = w->l;
    struct agent_run *r = l->run;
    const struct model_ref *ref = &l->candidates.item[index];
    *e = (struct err)ERR_INIT;
    enum chela_error rc =
        l->begun && index == l->current ? CHELA_OK : loop_begin_chat(l, index, false, e);
    l->begun = false;
    bool begun = rc == CHELA_OK, cools = false, sent = false;
    if (begun && may_pass_over) rc = cools_down(w, &cools, e);
    if (begun && rc != CHELA_OK) return STOP; /* the store */
    if (cools) return PASSED_OVER;
    if (!begun) note_unsent(l, ref->id, rc, str_c(e->message), false);
    if (begun) {
        rc = send(l, e);
        sent = r->chat.attempt_count && r->chat.attempt[r->chat.attempt_count - 1].sent;
        note_health(l, rc, e);
    }
    if (rc == CHELA_OK) return ANSWERED;
    keep_failure(w, ref, e);
    bool shown = begun && r->reply.text.n;
    if (shown || out_of_time(l) || loop_cancelled(l) || !fallback_helps(e, sent)) return STOP;
    return GO_ON;
}

/* ---- the walk ---- */

static bool has_a_chance(const struct walk *w, size_t index) {
    return !w->refused || !str_eq(w->l->candidates.item[index].profile, w->refused_profile);
}

static enum outcome walk_once(struct walk *w, bool first_time, struct err *e) {
    struct loop *l = w->l;
    size_t count = l->candidates.count, start = l->current;
    for (size_t k = 0; k < count; k++) {
        size_t index = (start + k) % count;
        if ((!first_time && !w->passed_over[index]) || !has_a_chance(w, index)) continue;
        if (w->last[0])
            loop_notice(l, "%s; asking %.*s next", w->last, STR_ARG(l->candidates.item[index].id));
        enum outcome o = try_candidate(w, index, first_time && count > 1, e);
        w->passed_over[index] = o == PASSED_OVER;
        if (o == ANSWERED) l->current = index;
        if (o == ANSWERED || o == STOP) return o;
    }
    return GO_ON;
}

/* Several failed: the error is the first one's, which is the chosen model's, and the message has
 * what each of them said. */
static enum chela_error failed(const struct walk *w, struct err *e) {
    bool ours = e->code == CHELA_CANCELLED || e->code == CHELA_NOMEM || e->code == CHELA_IO;
    if (ours || w->failures < 2) return e->code;
    char more[48] = "";
    if (w->listed < w->failures)
        snprintf(more, sizeof more, "; and %zu more", w->failures - w->listed);
    struct err all = w->first;
    snprintf(all.message, sizeof all.message, "%zu models failed: %s%s", w->failures, w->failed,
             more);
    *e = all;
    return e->code;
}

enum chela_error loop_ask(struct loop *l, struct err *e) {
    struct walk w = { .l = l, .first = ERR_INIT };
    w.passed_over = calloc(l->candidates.count, sizeof *w.passed_over);
    if (!w.passed_over) return err_set(e, CHELA_NOMEM, "out of memory");
    enum outcome o = walk_once(&w, true, e);
    if (o == GO_ON) o = walk_once(&w, false, e);
    free(w.passed_over);
    return o == ANSWERED ? CHELA_OK : failed(&w, e);
}
