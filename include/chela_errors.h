/* The one list of what can go wrong. Enum, stable code, text, HTTP status and exit code all come
 * from it, so a new failure is one new line here. Exit codes follow sysexits(3).
 *
 * X(NAME, stable code, text, HTTP status a gateway answers with, process exit code)
 */
#ifndef CHELA_ERRORS_H
#define CHELA_ERRORS_H

#define CHELA_ERROR_LIST(X)                                                                        \
    X(OK, "ok", "success", 200, 0)                                                                 \
    X(USAGE, "usage", "the command line is wrong", 400, 64)                                        \
    X(INPUT, "bad_input", "the input is malformed", 400, 65)                                       \
    X(LIMIT, "too_large", "a limit was reached", 413, 65)                                          \
    X(REQUEST, "bad_request", "the model's service refused the request", 400, 65)                  \
    X(FILTERED, "content_filter", "the answer was withheld by a content filter", 403, 65)          \
    X(NOINPUT, "no_input", "a file cannot be read", 404, 66)                                       \
    X(UNAVAILABLE, "unavailable", "the service cannot be reached", 502, 69)                        \
    X(NOT_FOUND, "not_found", "no such model or path", 404, 69)                                    \
    X(INTERNAL, "internal", "a mistake in chela", 500, 70)                                         \
    X(NOMEM, "out_of_memory", "out of memory", 507, 71)                                            \
    X(IO, "io", "reading or writing failed", 500, 74)                                              \
    X(RATE_LIMITED, "rate_limited", "too many requests", 429, 75)                                  \
    X(UPSTREAM, "upstream_error", "the service failed", 502, 75)                                   \
    X(TIMEOUT, "timeout", "the service took too long", 504, 75)                                    \
    X(PROTOCOL, "protocol", "the service broke the protocol", 502, 76)                             \
    X(CUT, "stream_cut", "the answer ended before it was complete", 502, 76)                       \
    X(EMPTY, "empty_answer", "the model answered with nothing", 502, 76)                           \
    X(KEY_REFUSED, "key_refused", "the key was refused", 401, 77)                                  \
    X(PAYMENT, "payment_required", "the account has no credit for this", 402, 77)                  \
    X(FORBIDDEN, "forbidden", "the service forbids this", 403, 77)                                 \
    X(CONFIG, "bad_config", "the configuration is wrong", 500, 78)                                 \
    X(NO_KEY, "no_key", "no key was found", 401, 78)                                               \
    X(CANCELLED, "cancelled", "cancelled", 499, 130)

enum chela_error {
#define CHELA_ERROR_ENUM(name, code, text, http, exit_code) CHELA_##name,
    CHELA_ERROR_LIST(CHELA_ERROR_ENUM)
#undef CHELA_ERROR_ENUM
};

#endif
