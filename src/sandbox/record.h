/* What was asked and answered, as JSON Lines: written by --record, served again by --replay.
 *
 * A line holds one exchange: time, method, path (with its query), headers and body of the request,
 * status, headers and body of the response as they went on the wire, whether it was complete. Keys
 * are masked. A body that is not UTF-8 stands in "body_base64".
 */
#ifndef CHELA_SANDBOX_RECORD_H
#define CHELA_SANDBOX_RECORD_H

#include "server/server.h"

struct recorder;

/* Opens for appending (0600, made if missing); inner is copied and answers. */
enum chela_error recorder_open(struct recorder **out, const char *path,
                               const struct server_handler *inner, struct err *e);
void recorder_free(struct recorder *r);
void recorder_request(void *ctx, struct exchange *x); /* a server_handler's; ctx: the recorder */

struct replay;

/* Reads a whole recording. pace_ms: between the events of a stream. */
enum chela_error replay_open(struct replay **out, const char *path, uint64_t pace_ms,
                             struct err *e);
void replay_free(struct replay *r);
/* Answers with the first unused exchange of the same method, path and body; when those are used up
 * with the last of them again; else with the first unused one of the same method and path; else
 * with a 404 that says so. A server_handler's; ctx: the replay. */
void replay_request(void *ctx, struct exchange *x);

#endif
