/* Speech for the conversation. */
#include "agent/tool_media.h"
#include "media/speech.h"

static enum chela_error run(struct tool_context *x, struct doc *arguments, struct buf *result,
                            struct err *e) {
    const struct speech_request q = { .text = tool_text(arguments, "text"),
                                      .model = tool_text(arguments, "model"),
                                      .voice = tool_text(arguments, "voice"),
                                      .agent = x->agent,
                                      .timeout_ms = tool_timeout(x, arguments),
                                      .cancel = x->cancel };
    struct media_result made;
    enum chela_error rc = speech_run(&q, x->config, &made, e);
    if (rc == CHELA_OK) tool_result(x, &made, "sound file", "audio", result);
    media_result_free(&made);
    return rc;
}

const struct agent_tool tool_tts = {
    .name = "tts",
    .description = "Says a text aloud: makes a sound file, whose path comes back as a MEDIA: line. "
                   "Use it when the person asks to hear something.",
    .parameters = "{\"type\":\"object\",\"properties\":{"
                  "\"text\":{\"type\":\"string\",\"minLength\":1},"
                  "\"voice\":{\"type\":\"string\"},\"model\":{\"type\":\"string\"},"
                  "\"channel\":{\"type\":\"string\"},"
                  "\"timeoutMs\":{\"type\":\"integer\",\"minimum\":1}},\"required\":[\"text\"]}",
    .run = run,
};
