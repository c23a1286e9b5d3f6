/* A reply that is spoken as well, when messages.tts.auto wants it. The text is the answer: that it
 * could not be spoken is told, and changes nothing else. */
#include "lib/lib.h"

#include "media/speak_reply.h"

#include <stdio.h>

static void say_it_failed(const struct agent_events *events, const struct err *why) {
    char line[1200];
    snprintf(line, sizeof line, "the reply could not be spoken: %s", why->message);
    if (events->on_notice) events->on_notice(events->ctx, line);
}

void lib_speak(struct chela *c, const char *agent, const struct agent_events *events) {
    struct chat_reply *reply = &c->run.reply;
    const struct speak_reply q = { .reply = reply->text,
                                   .agent = str_c(agent),
                                   .cancel = &c->cancel };
    struct media_result made;
    struct err why = ERR_INIT;
    str shown;
    enum chela_error rc = media_speak_reply(&q, c->config, &shown, &made, &why);
    if (rc != CHELA_OK) say_it_failed(events, &why);
    if (rc == CHELA_OK && made.files &&
        tool_add_output(&c->run.tools, made.file[0].path, made.file[0].mime, S("audio")))
        c->spoken = c->run.tools.output[c->run.tools.output_count - 1].path;
    if (rc == CHELA_OK) reply->text = arena_dup(&c->run.arena, shown);
    media_result_free(&made);
}
