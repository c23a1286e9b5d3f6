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

void log_line(enum log_level level, const char *fmt, ...) {
    if (!the_sink || level > the_most) return;
    char line[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    secret_redact(line);
    the_sink(the_ctx, level, line);
}
