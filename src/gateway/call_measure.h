/* What a call that is over teaches: how quick its endpoint was, and where its conversation is. */
#ifndef CHELA_GATEWAY_CALL_MEASURE_H
#define CHELA_GATEWAY_CALL_MEASURE_H

#include "gateway/call.h"

void call_measure(const struct call *c, enum call_end how, const struct chat_usage *usage);

#endif
