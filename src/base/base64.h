/* Base64 (RFC 4648 §4, with padding). */
#ifndef CHELA_BASE_BASE64_H
#define CHELA_BASE_BASE64_H

#include "base/buf.h"

bool base64_encode(struct buf *out, str bytes);
/* Standard or URL alphabet, padding optional, white space skipped. False: not base64. */
bool base64_decode(struct buf *out, str text);

#endif
