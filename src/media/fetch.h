/* GET, for what a service or a user points to: polling URLs, finished videos, pictures by URL.
 *
 * Redirects are followed, at most five, each looked at as if it had been given: the key goes to the
 * origin it is bound to and nowhere else, https never becomes http, and a URL that nobody
 * configured stays on the public Internet.
 */
#ifndef CHELA_MEDIA_FETCH_H
#define CHELA_MEDIA_FETCH_H

#include "media/call.h"

/* call: whose key and headers go to its own origin; NULL: none. An HTTP error status is the error
 * that it means. */
enum chela_error media_fetch(str url, const struct media_call *call, const struct media_exchange *x,
                             struct http_outcome *out, struct err *e);

#endif
