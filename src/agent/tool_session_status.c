/* What a model cannot know by itself and a person asks about: which model this is, what the
 * conversation has cost, what time it is. (The system prompt has none of it: it must not change.)
 */
#include "agent/session.h"
#include "agent/tool.h"
#include "base/clock.h"
#include "doc/json_write.h"

#include <stdio.h>
#include <time.h>

/* "2026-11-25T19:03:11+0900", local time. */
static void write_time(struct json_writer *w, const char *key, int64_t unix_ms) {
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm t;
    char text[40];
    if (localtime_r(&seconds, &t) && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S%z", &t))
        json_kstring(w, key, str_c(text));
}

static void write_now(struct json_writer *w) {
    static const char *const days[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday" };
    int64_t now = clock_unix_ms();
    time_t seconds = (time_t)(now / 1000);
    struct tm t;
    write_time(w, "now", now);
    if (localtime_r(&seconds, &t)) json_kstring(w, "weekday", str_c(days[t.tm_wday]));
}

static void write_used(struct json_writer *w, const char *key, int64_t tokens) {
    if (tokens >= 0) json_kint(w, key, tokens);
}

static void write_session(struct json_writer *w, const struct session_info *i) {
    write_time(w, "started", i->created_ms);
    json_kint(w, "turns", i->turns);
    json_kint(w, "messages", i->messages);
    json_key(w, S("usage"));
    json_object(w);
    write_used(w, "promptTokens", i->usage.prompt);
    write_used(w, "completionTokens", i->usage.completion);
    write_used(w, "cachedTokens", i->usage.cached);
    write_used(w, "reasoningTokens", i->usage.reasoning);
    if (i->usage.cost >= 0) {
        json_key(w, S("costUsd"));
        json_double(w, i->usage.cost);
    }
    json_object_end(w);
}

static enum chela_error run(struct tool_context *x, struct doc *arguments, struct buf *result,
                            struct err *e) {
    (void)arguments;
    struct session_info *info = NULL;
    size_t count = 0;
    enum chela_error rc = session_list(x->store, x->session, x->arena, &info, &count, e);
    if (rc != CHELA_OK) return rc;
    const struct shape_ctx *s = &x->chat->shape;
    struct json_writer w = JSON_WRITER(result);
    json_object(&w);
    json_kstring(&w, "session", x->session);
    json_kstring(&w, "model", s->model.key);
    if (s->row && s->row->name.n) json_kstring(&w, "modelName", s->row->name);
    if (s->row && s->row->context_length) json_kint(&w, "contextTokens", s->row->context_length);
    json_kstring(&w, "thinking", s->thinking.level.n ? s->thinking.level : S("default"));
    if (count) write_session(&w, info);
    write_now(&w);
    json_object_end(&w);
    return CHELA_OK;
}

const struct agent_tool tool_session_status = {
    .name = "session_status",
    .description =
        "Status of this conversation: the model and its thinking level, tokens used and what they "
        "cost, number of turns, and the current date, weekday and time. Call it when asked about "
        "any of these.",
    .parameters = "{\"type\":\"object\",\"properties\":{}}",
    .repeatable = true,
    .run = run,
};
