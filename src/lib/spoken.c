/* The reply of a turn, spoken when messages.tts.auto wants it. The text is the answer: that it
 * could not be spoken is told, and changes nothing else.
 *
 * What is shown of it must not have the directives in it, so the text of the turn passes here on
 * its way out. With mode "all" what the model said before it called a tool is spoken too, after the
 * turn, in its order. */
#include "lib/lib.h"

#include "media/speak_reply.h"

enum { MAX_BLOCK = 1 << 20 };

/* ---- while the turn runs ---- */

static void pass_shown(void *ctx, str text) {
    struct lib_voice *v = ctx;
    if (v->to->on_text) v->to->on_text(v->to->ctx, text);
}

static void begin_block(struct lib_voice *v) {
    directives_init(&v->directives, &v->set, v, pass_shown);
    buf_init(&v->block, MAX_BLOCK);
}

static void end_block(struct lib_voice *v) {
    directives_end(&v->directives);
    directives_free(&v->directives);
    buf_free(&v->block);
}

static void on_text(void *ctx, str piece) {
    struct lib_voice *v = ctx;
    if (v->set.every_kind) buf_add(&v->block, piece);
    if (v->set.directives)
        directives_feed(&v->directives, piece);
    else
        pass_shown(v, piece);
}

static void on_reasoning(void *ctx, str piece) {
    struct lib_voice *v = ctx;
    if (v->to->on_reasoning) v->to->on_reasoning(v->to->ctx, piece);
}

static void on_notice(void *ctx, const char *line) {
    struct lib_voice *v = ctx;
    if (v->to->on_notice) v->to->on_notice(v->to->ctx, line);
}

/* What was said up to here is a text of its own. */
static void on_tool_start(void *ctx, const char *id, const char *name, const char *arguments) {
    struct lib_voice *v = ctx;
    if (v->block.n && v->count < LIB_VOICE_BLOCKS)
        v->said[v->count++] = arena_dup(&v->arena, buf_str(&v->block));
    end_block(v);
    begin_block(v);
    if (v->to->on_tool_start) v->to->on_tool_start(v->to->ctx, id, name, arguments);
}

static void on_tool_end(void *ctx, const char *id, const char *name, const char *result,
                        bool failed) {
    struct lib_voice *v = ctx;
    if (v->to->on_tool_end) v->to->on_tool_end(v->to->ctx, id, name, result, failed);
}

void lib_voice_begin(struct lib_voice *v, struct chela *c, const char *agent,
                     const struct agent_events *to, const struct chela_events *events) {
    *v = (struct lib_voice){ .to = to, .events = events, .agent = str_c(agent), .heard = *to };
    arena_init(&v->arena, 96u << 20);
    /* A mistake in it is told when it comes to speaking. */
    (void)speech_config(&v->set, c->config, v->agent, &v->arena, NULL);
    begin_block(v);
    if (v->set.when == SPEECH_OFF) return;
    v->heard = (struct agent_events){ .ctx = v,
                                      .on_text = on_text,
                                      .on_reasoning = on_reasoning,
                                      .on_notice = on_notice,
                                      .on_tool_start = on_tool_start,
                                      .on_tool_end = on_tool_end };
}

void lib_voice_end(struct lib_voice *v) {
    end_block(v);
}

void lib_voice_free(struct lib_voice *v) {
    arena_free(&v->arena);
}

/* ---- after it ---- */

static bool has_sound(const struct tool_context *tools) {
    for (size_t i = 0; i < tools->output_count; i++)
        if (str_eq(tools->output[i].kind, S("audio"))) return true;
    return false;
}

static void on_speech(void *ctx) {
    struct lib_voice *v = ctx;
    if (v->events->speech) v->events->speech(v->events->ctx);
}

static void speak(struct lib_voice *v, struct chela *c, const struct speak_reply *q, str *shown) {
    struct media_result made;
    struct err why = ERR_INIT;
    str text;
    enum chela_error rc = media_speak_reply(q, c->config, &text, &made, &why);
    if (rc != CHELA_OK) {
        err_prefix(&why, rc, "the reply could not be spoken: ");
        on_notice(v, why.message);
    }
    if (made.files &&
        tool_add_output(&c->run.tools, made.file[0].path, made.file[0].mime, S("audio")))
        c->spoken = c->run.tools.output[c->run.tools.output_count - 1].path;
    if (shown) *shown = arena_dup(&c->run.arena, text);
    media_result_free(&made);
}

void lib_speak(struct lib_voice *v, struct chela *c) {
    struct chat_reply *reply = &c->run.reply;
    struct speak_reply q = { .agent = v->agent,
                             .between = true,
                             .has_sound = has_sound(&c->run.tools),
                             .used = &c->run.usage,
                             .cancel = &c->cancel,
                             .ctx = v,
                             .on_speech = on_speech,
                             .on_notice = on_notice };
    if (v->set.when == SPEECH_OFF) return;
    for (size_t i = 0; i < v->count; i++) {
        q.reply = v->said[i];
        speak(v, c, &q, NULL);
    }
    q.between = false;
    q.reply = reply->text;
    speak(v, c, &q, &reply->text);
}
