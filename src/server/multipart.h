/* multipart/form-data (RFC 7578) out of a whole body: no copies, no memory of its own.
 *
 * Parts are slices of the body. Strict where leniency only hides a broken sender: the first
 * boundary must be there, each part needs a name, and a body that breaks off before the last
 * boundary is an error, never a short file.
 */
#ifndef CHELA_SERVER_MULTIPART_H
#define CHELA_SERVER_MULTIPART_H

#include "base/err.h"
#include "base/str.h"

enum { MULTIPART_MOST = 256 /* parts of one body */ };

struct multipart {
    str rest;      /* of the body, from behind a boundary */
    char mark[80]; /* "--" and the boundary */
    size_t mark_n;
    unsigned parts;
    bool begun, over;
};

struct part {
    str name, filename; /* as sent, without the quotes; filename empty: a plain field */
    bool is_file;       /* it has a filename, which may be empty */
    str type;           /* Content-Type; empty when absent */
    str data;
};

/* content_type: the request's header. CHELA_INPUT when it is no multipart/form-data with a
 * boundary. */
enum chela_error multipart_open(struct multipart *m, str content_type, str body, struct err *e);
/* The next part; *found false: there is none. */
enum chela_error multipart_next(struct multipart *m, struct part *out, bool *found, struct err *e);

#endif
