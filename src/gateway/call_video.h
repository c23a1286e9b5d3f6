/* Video jobs: submitted like any other call, asked about and fetched under an id of ours.
 *
 * The answer's URLs that need the upstream's key are replaced with ones that lead through the
 * gateway; those of another origin (a CDN) stay as they are when they lead to the public Internet.
 * The gateway itself follows the upstream nowhere but to its own origin: a redirect to another one
 * is the client's to follow.
 */
#ifndef CHELA_GATEWAY_CALL_VIDEO_H
#define CHELA_GATEWAY_CALL_VIDEO_H

#include "gateway/call_media.h"
#include "gateway/video_id.h"

extern const struct call_media media_videos; /* POST /videos */

/* GET /videos/{id} and /videos/{id}/content, `path` without base; other methods: 405. False: it is
 * neither. */
bool call_video(struct gateway *g, struct exchange *x, str path, str request_id);

#endif
