/* How speech is set up: messages.tts of openclaw.json, the top-level `tts` of newer editions, the
 * agent's own `tts`, and OpenClaw's preferences file.
 *
 * Each setting is looked for in the agent's, then `tts`, then `messages.tts`: the nearer one wins,
 * key by key. chela has one speech provider, so another one that is configured there is passed
 * over, as OpenClaw passes over one that has no key.
 */
#ifndef CHELA_MEDIA_SPEECH_CONFIG_H
#define CHELA_MEDIA_SPEECH_CONFIG_H

#include "config/config.h"
#include "route/route.h"

enum speech_auto { SPEECH_OFF, SPEECH_ALWAYS, SPEECH_INBOUND, SPEECH_TAGGED };

struct speech_config {        /* texts are the configuration's, or live in the arena */
    str model, voice, format; /* reference or wire id, voice, "mp3" or "pcm" */
    double speed;             /* 0: not set */
    str provider;             /* JSON object for the body's `provider`; "" none */
    int64_t timeout_ms;       /* 30000 when not set */
    int64_t max_text;         /* characters that are ever sent; 4096 when not set */
    enum speech_auto when;
    bool every_kind; /* mode "all": also what is no final reply */
    bool directives, may_text, may_voice, may_model, may_provider; /* modelOverrides */
    str summary_model;
    int64_t max_length; /* of a reply before it is summed up; 1500 when not set */
    bool summarize;
    str base_url;              /* "" not set */
    const char *base_url_path; /* where it is set */
    doc_node key;              /* of config_doc; 0: not set */
};

/* agent: "" the default one. CHELA_CONFIG for a responseFormat that OpenRouter does not have. */
enum chela_error speech_config(struct speech_config *out, struct config *c, str agent,
                               struct arena *a, struct err *e);
/* code: of the error, by where the format was given. */
enum chela_error speech_check_format(str format, enum chela_error code, struct err *e);
str speech_lower(struct arena *a, str text); /* without capitals, trimmed */

#endif
