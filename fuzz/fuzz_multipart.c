/* Any body and boundary: parts are slices of the body, in order, and reading ends. The first line
 * of the input is the Content-Type. */
#include "server/multipart.h"

#include <stdlib.h>

static void must(bool good) {
    if (!good) abort();
}

static bool inside(str part, str whole) {
    return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    str type, body;
    str_cut((str){ (const char *)data, size }, '\n', &type, &body);
    struct multipart m;
    struct err e = ERR_INIT;
    if (multipart_open(&m, type, body, &e) != CHELA_OK) {
        must(e.message[0] != '\0');
        return 0;
    }
    const char *last = body.p;
    for (unsigned n = 0;; n++) {
        struct part part;
        bool found;
        enum chela_error rc = multipart_next(&m, &part, &found, &e);
        if (rc != CHELA_OK) must(e.message[0] != '\0');
        if (rc != CHELA_OK || !found) return 0;
        must(n < MULTIPART_MOST);
        must(inside(part.data, body) && inside(part.name, body) && inside(part.filename, body) &&
             inside(part.type, body));
        must(part.data.p >= last);
        last = part.data.p + part.data.n;
    }
}
