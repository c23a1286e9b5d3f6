/* What the gateway counts: every decision about a request has a counter here. One list gives
 * fields, names and help texts; each worker has its own, /metrics adds them up. */
#ifndef CHELA_GATEWAY_COUNTERS_H
#define CHELA_GATEWAY_COUNTERS_H

#include "base/buf.h"

#include <stdatomic.h>

#define COUNTERS(X)                                                                                \
    X(requests, "requests that came to the API")                                                   \
    X(requests_ok, "requests answered with success")                                               \
    X(requests_failed, "requests answered with an error")                                          \
    X(requests_gone, "requests whose client left before the end")                                  \
    X(requests_cut, "streams that ended with an error after they had begun")                       \
    X(refused_key, "requests without a valid key")                                                 \
    X(refused_host, "requests for a host name that is not this gateway's")                         \
    X(refused_origin, "requests of web pages that may not use it")                                 \
    X(no_endpoint, "requests for which no endpoint was left to ask")                               \
    X(attempts, "requests sent to upstreams")                                                      \
    X(attempts_failed, "attempts that failed before any content came")                             \
    X(fallbacks, "attempts after the first of a request")                                          \
    X(timeouts, "attempts given up because something took too long")                               \
    X(stayed, "requests sent where their conversation was answered before")                        \
    X(cooldowns, "endpoints put aside for a while")                                                \
    X(cooldown_skips, "endpoints not asked because they had said for how long to wait")            \
    X(cache_hits, "requests answered from the response cache")                                     \
    X(cache_misses, "requests that asked for the response cache and went on")                      \
    X(coalesced, "requests that got the answer of another one in flight")                          \
    X(cache_stored, "answers put into the response cache")                                         \
    X(streams, "streams begun")                                                                    \
    X(streams_paused, "times an upstream was not read because its client was slow")                \
    X(stream_errors_rewritten, "error events of upstreams brought into OpenRouter's form")         \
    X(events_torn, "events of upstreams that were no JSON")                                        \
    X(heartbeats, "comments sent into silent streams")                                             \
    X(bodies_unchanged, "requests that went on byte for byte")                                     \
    X(bodies_edited, "requests that were edited in place")                                         \
    X(reloads, "configurations taken over")                                                        \
    X(reloads_refused, "configurations refused, the old one kept")

struct counters {
#define COUNTER_FIELD(name, help) _Atomic uint64_t name;
    COUNTERS(COUNTER_FIELD)
#undef COUNTER_FIELD
};

#define COUNT(counters, name) atomic_fetch_add_explicit(&(counters)->name, 1, memory_order_relaxed)

/* Adds one worker's to a sum. */
void counters_add(struct counters *sum, const struct counters *c);
/* Prometheus text: chela_gateway_NAME_total. */
void counters_write(const struct counters *sum, struct buf *out);

#endif
