#include "base/log.h"

#include "base/secret.h"

#include <stdarg.h>
#include <stdio.h>

static log_sink *the_sink;
static void *the_ctx;
static enum log_level the_most;

void log_to(log_sink *sink, void *ctx, enum log_level most) {
    the_sink = sink;
    the_ctx = ctx;
    the_most = most;
}

/* Names that clients and services chose stand in it: they begin no line of their own, and say
 * nothing to a terminal. */
static void make_one_line(char *text) {
    for (char *p = text; *p; p++) {
        unsigned char c = (unsigned char)p[0];
        if (c < ' ' || c == 0x7f) *p = '?';
        /* U+0080 to U+009F: terminals obey some of them */
        if (c == 0xc2 && (unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xa0)
            p[0] = p[1] = '?';
    }
}

void log_line(enum log_level level, const char *fmt, ...) {
    if (!the_sink || level > the_most) return;
    char line[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    secret_redact(line);
    make_one_line(line);
    the_sink(the_ctx, level, line);
}
