/* What belongs to the model and only travels with the client: signatures, encrypted reasoning, the
 * members of an item that the client's API has no words for. It is given out as one opaque text, in
 * a field that clients send back untouched, and comes back byte for byte.
 *
 * A seal hides nothing and proves nothing: whoever can send a message can say what a model said.
 */
#ifndef CHELA_SKIN_SEAL_H
#define CHELA_SKIN_SEAL_H

#include "base/buf.h"

enum { SEAL_MAX = 32 << 20 };

bool seal_write(struct buf *out, str json);
/* False: no seal of ours (another service's signature, say); json is left empty. */
bool seal_read(str sealed, struct buf *json);

#endif
