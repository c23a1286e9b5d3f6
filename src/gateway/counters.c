#include "gateway/counters.h"

void counters_add(struct counters *sum, const struct counters *c) {
#define ADD(name, help)                                                                            \
    atomic_fetch_add_explicit(&sum->name, atomic_load_explicit(&c->name, memory_order_relaxed),    \
                              memory_order_relaxed);
    COUNTERS(ADD)
#undef ADD
}

void counters_write(const struct counters *sum, struct buf *out) {
#define WRITE(name, help)                                                                          \
    buf_addf(out,                                                                                  \
             "# HELP chela_gateway_" #name "_total " help "\n# TYPE chela_gateway_" #name          \
             "_total counter\nchela_gateway_" #name "_total %llu\n",                               \
             (unsigned long long)atomic_load_explicit(&sum->name, memory_order_relaxed));
    COUNTERS(WRITE)
#undef WRITE
}
