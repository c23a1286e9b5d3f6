/* What a media command comes to, success or failure: files, and how they came about. The envelope
 * that --json prints is made of it, and nothing else. */
#ifndef CHELA_MEDIA_MEDIA_H
#define CHELA_MEDIA_MEDIA_H

#include "base/arena.h"
#include "chat/chat.h"
#include "config/config.h"

enum media_kind { MEDIA_IMAGE, MEDIA_VIDEO, MEDIA_SPEECH };

struct media_file {
    str path; /* absolute */
    str mime; /* by the bytes */
    uint64_t size;
    unsigned width, height; /* pixels; 0: not known */
    str format;             /* of speech: "mp3"; else "" */
};

/* A hint that the model does not take, or not as it was given. */
struct media_override {
    str key;     /* "size" */
    str value;   /* JSON */
    str applied; /* JSON; "" when nothing was sent in its place */
    str reason;
};

enum { MEDIA_MAX_FILES = 64, MEDIA_MAX_OVERRIDES = 16, MEDIA_MAX_ATTEMPTS = 16 };

struct media_result { /* media_result_init; texts live in arena */
    struct arena arena;
    const char *capability; /* "image.generate" */
    str model;              /* wire id of the one that was tried last */
    struct chat_attempt attempt[MEDIA_MAX_ATTEMPTS];
    size_t attempts;
    struct media_file file[MEDIA_MAX_FILES];
    size_t files;
    struct media_override override[MEDIA_MAX_OVERRIDES];
    size_t overrides;
    str text;          /* what the model said beside it */
    str generation_id; /* the service's; "" not said */
    str usage;         /* JSON; "" not said */
    str job;           /* JSON of a video job; "" none */
};

void media_result_init(struct media_result *r, const char *capability);
void media_result_free(struct media_result *r);
/* value and applied are JSON; fmt makes the reason. */
void media_override_add(struct media_result *r, str key, str value, str applied, const char *fmt,
                        ...) __attribute__((format(printf, 5, 6)));
void media_attempt_add(struct media_result *r, str model, int status, int64_t ms,
                       enum chela_error rc, const struct err *e);
/* The envelope; e says how it ended. */
void media_result_json(const struct media_result *r, const struct err *e, struct buf *out);
/* {"path","mimeType","size","width","height"} */
struct json_writer;
void media_file_json(const struct media_file *f, struct json_writer *w);
/* text as a JSON string, in a */
str media_quoted(struct arena *a, str text);

#endif
