#include "chat/envelope.h"

void envelope_begin(struct json_writer *w, bool ok, str capability, str model) {
    json_kbool(w, "ok", ok);
    json_kstring(w, "capability", capability);
    json_kstring(w, "transport", S("local"));
    json_kstring(w, "provider", S("openrouter"));
    json_kstring(w, "model", model);
}

void envelope_attempt(struct json_writer *w, const struct chat_attempt *a) {
    json_kstring(w, "model", a->model);
    json_kbool(w, "ok", a->code == CHELA_OK);
    if (a->status) json_kint(w, "status", a->status);
    if (a->code != CHELA_OK) {
        json_kstring(w, "code", str_c(err_code(a->code)));
        json_kstring(w, "message", a->message);
    }
    json_kint(w, "ms", a->ms);
}

void envelope_attempts(struct json_writer *w, const struct chat_attempt *list, size_t count) {
    json_key(w, S("attempts"));
    json_array(w);
    for (size_t i = 0; i < count; i++) {
        json_object(w);
        envelope_attempt(w, &list[i]);
        json_object_end(w);
    }
    json_array_end(w);
}

void envelope_error(struct json_writer *w, const struct err *e) {
    json_key(w, S("error"));
    if (e->code == CHELA_OK) {
        json_null(w);
        return;
    }
    json_object(w);
    json_kstring(w, "code", str_c(err_code(e->code)));
    json_kstring(w, "message", str_c(e->message));
    if (e->hint[0]) json_kstring(w, "hint", str_c(e->hint));
    if (e->http_status) json_kint(w, "httpStatus", e->http_status);
    if (e->retry_after >= 0) {
        json_key(w, S("retryAfterSeconds"));
        json_double(w, e->retry_after);
    }
    if (e->request_id[0]) json_kstring(w, "requestId", str_c(e->request_id));
    json_object_end(w);
}
