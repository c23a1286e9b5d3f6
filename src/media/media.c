#include "media/media.h"

#include "chat/envelope.h"
#include "doc/json_write.h"

#include <stdarg.h>
#include <stdio.h>

static const size_t arena_max = 512u << 20;

void media_result_init(struct media_result *r, const char *capability) {
    *r = (struct media_result){ .capability = capability };
    arena_init(&r->arena, arena_max);
}

void media_result_free(struct media_result *r) {
    arena_free(&r->arena);
}

void media_override_add(struct media_result *r, str key, str value, str applied, const char *fmt,
                        ...) {
    if (r->overrides == MEDIA_MAX_OVERRIDES) return;
    char reason[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(reason, sizeof reason, fmt, ap);
    va_end(ap);
    r->override[r->overrides++] =
        (struct media_override){ .key = arena_dup(&r->arena, key),
                                 .value = arena_dup(&r->arena, value),
                                 .applied = arena_dup(&r->arena, applied),
                                 .reason = arena_dup(&r->arena, str_c(reason)) };
}

void media_attempt_add(struct media_result *r, str model, int status, int64_t ms,
                       enum chela_error rc, const struct err *e) {
    if (r->attempts == MEDIA_MAX_ATTEMPTS) return;
    str message = rc == CHELA_OK ? (str){ 0 } : arena_dup(&r->arena, str_c(e->message));
    r->attempt[r->attempts++] = (struct chat_attempt){ .model = arena_dup(&r->arena, model),
                                                       .status = status,
                                                       .code = rc,
                                                       .message = message,
                                                       .ms = ms };
}

str media_quoted(struct arena *a, str text) {
    struct buf out = BUF_INIT(1u << 20);
    json_quote(&out, text);
    str copy = arena_dup(a, buf_str(&out));
    buf_free(&out);
    return copy;
}

void media_file_json(const struct media_file *f, struct json_writer *w) {
    json_object(w);
    json_kstring(w, "path", f->path);
    json_kstring(w, "mimeType", f->mime);
    json_kint(w, "size", (int64_t)f->size);
    if (f->width && f->height) {
        json_kint(w, "width", f->width);
        json_kint(w, "height", f->height);
    }
    if (f->format.n) {
        json_kstring(w, "format", f->format);
        json_kbool(w, "voiceCompatible", str_eq(f->format, S("mp3")));
    }
    json_object_end(w);
}

static void write_overrides(const struct media_result *r, struct json_writer *w) {
    json_key(w, S("ignoredOverrides"));
    json_array(w);
    for (size_t i = 0; i < r->overrides; i++) {
        const struct media_override *o = &r->override[i];
        json_object(w);
        json_kstring(w, "key", o->key);
        json_key(w, S("value"));
        json_raw(w, o->value);
        if (o->applied.n) {
            json_key(w, S("applied"));
            json_raw(w, o->applied);
        }
        json_kstring(w, "reason", o->reason);
        json_object_end(w);
    }
    json_array_end(w);
}

void media_result_json(const struct media_result *r, const struct err *e, struct buf *out) {
    struct json_writer w = JSON_WRITER(out);
    json_object(&w);
    envelope_begin(&w, e->code == CHELA_OK, str_c(r->capability), r->model);
    envelope_attempts(&w, r->attempt, r->attempts);
    json_key(&w, S("outputs"));
    json_array(&w);
    for (size_t i = 0; i < r->files; i++) media_file_json(&r->file[i], &w);
    json_array_end(&w);
    if (r->text.n) json_kstring(&w, "text", r->text);
    if (r->generation_id.n) json_kstring(&w, "generationId", r->generation_id);
    if (r->job.n) {
        json_key(&w, S("job"));
        json_raw(&w, r->job);
    }
    if (r->usage.n) {
        json_key(&w, S("usage"));
        json_raw(&w, r->usage);
    }
    write_overrides(r, &w);
    envelope_error(&w, e);
    json_object_end(&w);
}
