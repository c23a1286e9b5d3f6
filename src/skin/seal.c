#include "skin/seal.h"

#include "base/base64.h"

static const char mark[] = "chela1.";

bool seal_write(struct buf *out, str json) {
    return buf_add(out, str_c(mark)) && base64_encode(out, json);
}

bool seal_read(str sealed, struct buf *json) {
    buf_clear(json);
    if (!str_starts(sealed, str_c(mark))) return false;
    if (base64_decode(json, str_skip(sealed, sizeof mark - 1)) && json->n) return true;
    buf_clear(json);
    return false;
}
