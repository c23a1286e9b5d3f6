#include "base/err.h"

#include "base/secret.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct error_row {
    const char *code, *text;
    int http, exit_code;
};

static const struct error_row rows[] = {
#define ROW(name, code, text, http, exit_code) { code, text, http, exit_code },
    CHELA_ERROR_LIST(ROW)
#undef ROW
};

static const struct error_row *row_of(enum chela_error code) {
    size_t i = (size_t)code;
    return &rows[i < sizeof rows / sizeof rows[0] ? i : (size_t)CHELA_INTERNAL];
}

const char *err_code(enum chela_error code) {
    return row_of(code)->code;
}

enum chela_error err_named(str code) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (str_eq(code, str_c(rows[i].code))) return (enum chela_error)i;
    return CHELA_OK;
}

const char *err_text(enum chela_error code) {
    return row_of(code)->text;
}

int err_http(enum chela_error code) {
    return row_of(code)->http;
}

int err_exit(enum chela_error code) {
    return row_of(code)->exit_code;
}

enum chela_error err_set(struct err *e, enum chela_error code, const char *fmt, ...) {
    if (!e) return code;
    struct err fresh = ERR_INIT;
    fresh.code = code;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(fresh.message, sizeof fresh.message, fmt, ap);
    va_end(ap);
    secret_redact(fresh.message);
    *e = fresh; /* last, so that fmt's arguments may come from *e */
    return code;
}

enum chela_error err_hint(struct err *e, enum chela_error code, const char *fmt, ...) {
    if (!e) return code;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->hint, sizeof e->hint, fmt, ap);
    va_end(ap);
    secret_redact(e->hint);
    return code;
}

enum chela_error err_prefix(struct err *e, enum chela_error code, const char *fmt, ...) {
    if (!e) return code;
    char old[sizeof e->message];
    memcpy(old, e->message, sizeof old);
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(e->message, sizeof e->message, fmt, ap);
    va_end(ap);
    if (n >= 0 && (size_t)n < sizeof e->message)
        snprintf(e->message + n, sizeof e->message - (size_t)n, "%s", old);
    secret_redact(e->message);
    return code;
}
