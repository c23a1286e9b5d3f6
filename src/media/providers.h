/* What `infer image|video|tts providers` list: chela's one provider, in OpenClaw's shape. */
#ifndef CHELA_MEDIA_PROVIDERS_H
#define CHELA_MEDIA_PROVIDERS_H

#include "media/media.h"

/* Video: what the service lists (video_offer.h), asked for when the cache is stale; the
 * capabilities are those of the model that the configuration chooses, and "modelCapabilities" has
 * them all.
 *
 * [{"available","configured","selected","id","label","defaultModel","models","capabilities"}] for
 * pictures and video; {"providers":[{…,"name","models","voices"}],"active"} for speech. */
enum chela_error media_providers_json(enum media_kind kind, struct config *c,
                                      const atomic_bool *cancel, struct buf *out, struct err *e);
/* The same in a few lines for a person. */
enum chela_error media_providers_text(enum media_kind kind, struct config *c,
                                      const atomic_bool *cancel, struct buf *out, struct err *e);

#endif
