#include "gateway/call_measure.h"

/* A few tokens say nothing about speed. */
enum { TOKENS_THAT_COUNT = 8 };

void call_measure(const struct call *c, enum call_end how, const struct chat_usage *usage) {
    if (how != END_OK || !c->endpoint) return;
    uint64_t since = c->stream ? c->first_token : c->attempt_started;
    uint64_t ms = uv_now(c->g->loop) - since;
    if (usage->completion >= TOKENS_THAT_COUNT && ms > 0)
        health_speed(c->g->health, c->endpoint->health,
                     1000.0 * (double)usage->completion / (double)ms);
    if (c->g->sticky) choose_note_answer(&c->plan, c->g->sticky, c->endpoint, usage->cached > 0);
}
