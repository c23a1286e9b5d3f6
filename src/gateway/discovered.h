/* What an upstream lists itself (GET /models), kept on disk, so that the next start knows it
 * without asking: $XDG_CACHE_HOME/chela/upstreams/ID.json, the answer as it came. Only of those
 * whose configuration names no models.
 */
#ifndef CHELA_GATEWAY_DISCOVERED_H
#define CHELA_GATEWAY_DISCOVERED_H

#include "gateway/settings.h"

enum { DISCOVERED_BYTES = 4 << 20, DISCOVERED_MODELS = 4096 };

/* Checks the answer and keeps it. *fresh: it says something else than what was kept. Reads and
 * writes files. */
enum chela_error discovered_store(const char *cache, str id, str json, bool *fresh, struct err *e);
/* Into u->models, in a. Nothing is there, or nothing good: no models. */
void discovered_read(const char *cache, struct upstream *u, struct arena *a);

#endif
