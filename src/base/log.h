/* Diagnostics. A library does not print: it calls log_*, and the program decides where lines go.
 *
 * Without a sink nothing is written. Every line passes secret_redact first, and is one line of
 * text without control characters.
 */
#ifndef CHELA_BASE_LOG_H
#define CHELA_BASE_LOG_H

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

typedef void log_sink(void *ctx, enum log_level level, const char *line);

void log_to(log_sink *sink, void *ctx, enum log_level most); /* sink NULL: silence */
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

#endif
