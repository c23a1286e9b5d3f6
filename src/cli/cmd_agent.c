/* chela agent: one turn of a conversation that is remembered under a session id. */
#include "cli/talk.h"

static const struct option_spec options[] = {
    { "message", 'm', OPTION_TEXT, "TEXT", "what to say; - reads standard input; may be repeated" },
    { "session-id", 0, OPTION_TEXT, "ID", "the conversation to go on with (main)" },
    { "file", 'f', OPTION_TEXT, "PATH", "a picture to go along; may be repeated" },
    { "continue", 0, OPTION_FLAG, NULL, "finish the turn that was interrupted; no message then" },
    { "model", 0, OPTION_TEXT, "REF", "the model, as openrouter/<author>/<model>" },
    { "agent", 0, OPTION_TEXT, "ID", "whose settings apply: an id of agents.list" },
    { "thinking", 0, OPTION_TEXT, "LEVEL",
      "off, minimal, low, medium, high, or xhigh where offered" },
    { "timeout", 0, OPTION_INT, "SECONDS", "give up after so long; 0: never" },
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of text" },
    { "local", 0, OPTION_FLAG, NULL, NULL },
    { "to", 't', OPTION_TEXT, "NUMBER", NULL },
    { "channel", 0, OPTION_TEXT, "NAME", NULL },
    { "reply-to", 0, OPTION_TEXT, "TARGET", NULL },
    { "reply-channel", 0, OPTION_TEXT, "NAME", NULL },
    { "reply-account", 0, OPTION_TEXT, "ID", NULL },
    { "verbose", 0, OPTION_TEXT, "on|off", NULL },
    { "deliver", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};

static enum chela_error run(struct cli *c, struct err *e) {
    struct buf message = BUF_INIT(0);
    const char *files[CLI_MAX_REPEATS + 1];
    bool resume = cli_given(c, "continue");
    int64_t timeout = cli_int(c, "timeout", 0);
    if (timeout < 0 || timeout > 86400)
        return err_set(e, CHELA_USAGE, "--timeout takes 0 to 86400 seconds");
    if (resume && (cli_given(c, "message") || cli_given(c, "file")))
        return err_set(e, CHELA_USAGE, "--continue finishes a turn that has its message already");
    enum chela_error rc = resume ? CHELA_OK : talk_prompt(c, "message", &message, e);
    const struct chela_request request = {
        .model = cli_text(c, "model").p,
        .prompt = message.p,
        .thinking = cli_text(c, "thinking").p,
        .session = cli_given(c, "session-id") ? cli_text(c, "session-id").p : "main",
        .agent = cli_text(c, "agent").p,
        .files = talk_files(c, "file", files),
        .timeout_ms = timeout * 1000,
        .resume = resume,
    };
    if (rc == CHELA_OK) rc = talk(c, &request, e);
    buf_free(&message);
    return rc;
}

const struct command cmd_agent = {
    .path = "agent",
    .summary = "Say something in a conversation that is remembered",
    .details =
        "The conversation is kept under its session id and goes on the next time. The model may\n"
        "use tools (session_status, image_generate, video_generate, tts; tools.allow and\n"
        "tools.deny decide); when it fails, the models of agents.defaults.model.fallbacks are\n"
        "asked in their order. With messages.tts.auto its answer is spoken. A turn that was\n"
        "interrupted goes on where it was when the same message is sent again, or with\n"
        "--continue. OpenClaw's options for channels and delivery are accepted and have no effect\n"
        "here.",
    .options = options,
    .can_explain = true,
    .run = run,
};
