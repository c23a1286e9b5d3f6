/* What a video model offers, for a request that is being made: from the cache, asked for when that
 * is old and it matters. */
#ifndef CHELA_MEDIA_VIDEO_OFFER_H
#define CHELA_MEDIA_VIDEO_OFFER_H

#include "catalog/video_models.h"
#include "media/call.h"

/* Fills *out (texts in the call's arena) with what the service at the call's base URL lists, from
 * the cache. limit_ms > 0: a cache that is stale is fetched anew first, for at most so long and
 * never more than five seconds; where that fails, what is cached serves. Only CHELA_CANCELLED is an
 * error. */
enum chela_error video_offer_list(struct video_models *out, struct media_call *call,
                                  int64_t limit_ms, const atomic_bool *cancel, struct err *e);
/* The row of the call's model; the bundled one when it is not listed. */
const struct video_model *video_offer(const struct video_models *listed,
                                      const struct media_call *call);

#endif
