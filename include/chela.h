/* libchela: OpenRouter for C programs. One key, every model.
 *
 * Boundary: this header and chela_errors.h are all a program needs. It speaks in settings,
 * requests, events and replies; documents, HTTP and the provider's rules stay behind it.
 *
 * Threads: a `struct chela` may be used by one thread at a time; chela_cancel may be called from
 * any thread and from a signal handler. Text is UTF-8. Strings that functions return live as long
 * as the object they came from. Nothing prints, nothing exits.
 *
 * cc program.c $(pkg-config --cflags --libs chela)
 */
#ifndef CHELA_H
#define CHELA_H

#include "chela_errors.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CHELA_API __attribute__((visibility("default")))
#else
#define CHELA_API
#endif

/* "1.2.3" of the library that is running. */
CHELA_API const char *chela_version(void);
/* Stable code ("rate_limited"), text, and process exit code of an error. */
CHELA_API const char *chela_error_code(enum chela_error error);
CHELA_API const char *chela_error_text(enum chela_error error);
CHELA_API int chela_error_exit(enum chela_error error);

/* ---- settings: openclaw.json, keys, catalogue ---- */
struct chela;

/* Reads the configuration of the user's environment (environment NULL: the process's own, else a
 * NULL-terminated "NAME=value" list). Always gives an object, unless memory is out (NULL): check
 * chela_failed before use. Free with chela_close. */
CHELA_API struct chela *chela_open(const char *const *environment);
CHELA_API void chela_close(struct chela *c);

/* The last failure: CHELA_OK when there was none. Message: one line without secrets. Hint: the
 * remedy, or "". HTTP status: the service's answer, 0 when there was none. */
CHELA_API enum chela_error chela_failed(const struct chela *c);
CHELA_API const char *chela_message(const struct chela *c);
CHELA_API const char *chela_hint(const struct chela *c);
CHELA_API int chela_http_status(const struct chela *c);

/* ---- a request ---- */
struct chela_request {    /* zero-initialise; every pointer is borrowed until the call returns */
    const char *model;    /* "openrouter/anthropic/claude-sonnet-4.6"; NULL: the configured one */
    const char *prompt;   /* user text */
    const char *system;   /* NULL: none (a session has one of its own) */
    const char *thinking; /* off minimal low medium high xhigh; NULL: as configured */
    const char *session;  /* a conversation that is remembered under this name; NULL: one answer */
    const char *agent;    /* whose settings apply, an id of agents.list; NULL: the default's */
    const char *body;     /* instead of prompt: a chat-completions body, JSON; NULL: none */
    const char *const *files; /* paths of pictures for the prompt, NULL at the end; NULL: none */
    int64_t timeout_ms;       /* of the whole turn; 0: none beyond the defaults */
    int resume;               /* 1: finish the session's interrupted turn; no prompt then */
};

struct chela_events { /* any may be NULL; text is a piece of the answer, not NUL-terminated */
    void *ctx;
    void (*text)(void *ctx, const char *text, size_t length);
    void (*reasoning)(void *ctx, const char *text, size_t length);
    void (*notice)(void *ctx, const char *line); /* "429, trying again in 3 s (2 of 3)" */
    /* A tool is about to run / what it gave. arguments is JSON text as the model wrote it. Strings
     * end with NUL and live until the callback returns. */
    void (*tool_start)(void *ctx, const char *id, const char *name, const char *arguments);
    void (*tool_end)(void *ctx, const char *id, const char *name, const char *result, int failed);
    /* The answer is whole, and is being made into sound, as messages.tts.auto asks for. */
    void (*speech)(void *ctx);
};

/* Sends the request and reads the answer; events come while it runs. The whole answer stays
 * available through the accessors below until the next chela_run or chela_close. With a session,
 * question and answer are stored together once the answer is complete. */
CHELA_API enum chela_error chela_run(struct chela *c, const struct chela_request *request,
                                     const struct chela_events *events);
/* Ends a chela_run that is under way: it returns CHELA_CANCELLED at once. */
CHELA_API void chela_cancel(struct chela *c);

CHELA_API const char *chela_answer(const struct chela *c);        /* "" before the first */
CHELA_API const char *chela_answer_model(const struct chela *c);  /* the model that answered */
CHELA_API const char *chela_finish_reason(const struct chela *c); /* "stop", "length", … */
/* The sound file of a turn's reply, when messages.tts.auto had it spoken; else "". The envelope's
 * outputs have it too, and what tools have made. */
CHELA_API const char *chela_spoken(const struct chela *c);

/* What the run used, summed over the requests of an agent's turn. -1: not said. Cached and
 * cache-write tokens are part of the prompt's, reasoning tokens of the completion's. */
CHELA_API int64_t chela_prompt_tokens(const struct chela *c);
CHELA_API int64_t chela_completion_tokens(const struct chela *c);
CHELA_API int64_t chela_cached_tokens(const struct chela *c);
CHELA_API int64_t chela_cache_write_tokens(const struct chela *c);
CHELA_API int64_t chela_reasoning_tokens(const struct chela *c);
CHELA_API double chela_cost(const struct chela *c); /* USD; negative: not said */

/* The last chela_run as the envelope that --json prints, success or failure. Belongs to c until the
 * next call. NULL: out of memory, or nothing was run. */
CHELA_API const char *chela_envelope(struct chela *c);

enum chela_explain_form { CHELA_EXPLAIN_TEXT, CHELA_EXPLAIN_COLOUR, CHELA_EXPLAIN_JSON };

/* What chela_run would send, and for every header and field that a rule touched: the rule, the
 * reason, the place in the documentation. Sends nothing, writes nothing. Belongs to c until the
 * next call. NULL on failure. */
CHELA_API const char *chela_explain(struct chela *c, const struct chela_request *request,
                                    enum chela_explain_form form);

#ifdef __cplusplus
}
#endif

#endif
