/* Secrets: a key and the one origin it may be sent to.
 *
 * A secret is never printed: the logger and struct err pass everything through secret_redact, and
 * only net/ reads the bytes, after it compared origins. Wiped when freed.
 */
#ifndef CHELA_BASE_SECRET_H
#define CHELA_BASE_SECRET_H

#include "base/str.h"

struct secret {
    char *bytes; /* owned, NUL-terminated for libcurl; NULL when empty */
    size_t n;
    char *origin; /* owned, "https://host[:port]"; NULL: bound to none yet, so never sent */
    char *header; /* owned, the header that carries it as it is; NULL: Authorization: Bearer … */
};

bool secret_set(struct secret *s, str bytes, str origin); /* false: out of memory, *s empty */
/* It is sent in this header, behind `prefix`. False: out of memory, *s empty. */
bool secret_in_header(struct secret *s, str header, str prefix);
void secret_free(struct secret *s); /* wipes; *s is empty afterwards */
bool secret_is_set(const struct secret *s);
bool secret_eq(str a, str b); /* in time that depends on the lengths alone */
/* "sk-or-v1-…abcd" into dst: enough to recognise, not to use. dst holds at least 24 bytes. */
void secret_mask(char *dst, size_t cap, str bytes);
/* Masks what looks like a key in a NUL-terminated text, in place (it never grows): sk-…, and what
 * follows "Bearer ". */
void secret_redact(char *text);

#endif
