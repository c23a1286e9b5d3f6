/* Errors: a code that is returned, and a message that travels in an err the caller passes.
 *
 * A function that can fail returns enum chela_error and takes a `struct err *e` last; `e` may be
 * NULL. Libraries never print and never exit: only src/cli does. Idiom:
 *     return err_set(e, CHELA_INPUT, "expected ',' at line %u", line);
 */
#ifndef CHELA_BASE_ERR_H
#define CHELA_BASE_ERR_H

#include "base/str.h"
#include "chela_errors.h"

struct err {
    enum chela_error code;
    int http_status;     /* the upstream's answer, 0 when there was none */
    double retry_after;  /* seconds the upstream asked to wait, negative when it did not */
    char message[1024];  /* one line, no secrets: err_set redacts */
    char hint[256];      /* the remedy, "" when there is none to name */
    char request_id[96]; /* the upstream's id of the failed request, "" when unknown */
};

#define ERR_INIT                                                                                   \
    { .code = CHELA_OK, .retry_after = -1 }

/* Fill *e and return code. Resets every field; text over the field's size is cut. */
enum chela_error err_set(struct err *e, enum chela_error code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Add the remedy; returns e->code so that it can end a return statement. */
enum chela_error err_hint(struct err *e, enum chela_error code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Put words in front of the message: "openclaw.json: …". */
enum chela_error err_prefix(struct err *e, enum chela_error code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

const char *err_code(enum chela_error code); /* stable: "rate_limited" */
enum chela_error err_named(str code);        /* by its stable code; CHELA_OK: there is none */
const char *err_text(enum chela_error code); /* "too many requests" */
int err_http(enum chela_error code);
int err_exit(enum chela_error code);

#endif
