/* chela infer model run: one prompt, one answer, no memory. */
#include "base/file.h"
#include "cli/talk.h"

#include <unistd.h>

static const size_t max_request = 64u << 20;

static const struct option_spec options[] = {
    { "model", 'm', OPTION_TEXT, "REF", "the model, as openrouter/<author>/<model>" },
    { "prompt", 'p', OPTION_TEXT, "TEXT", "what to ask; - reads standard input; may be repeated" },
    { "system", 0, OPTION_TEXT, "TEXT", "instructions that stand before the prompt" },
    { "thinking", 0, OPTION_TEXT, "LEVEL",
      "off, minimal, low, medium, high, or xhigh where offered" },
    { "file", 'f', OPTION_TEXT, "PATH", "a picture for the model to look at; may be repeated" },
    { "request", 0, OPTION_TEXT, "FILE",
      "a chat-completions body instead of a prompt; - for stdin" },
    { "timeout", 0, OPTION_INT, "SECONDS", "give up after so long" },
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of text" },
    { "local", 0, OPTION_FLAG, NULL, NULL },
    { "gateway", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};

static enum chela_error read_request(str path, struct buf *body, struct err *e) {
    buf_init(body, max_request);
    if (str_eq(path, S("-"))) return file_read_fd(STDIN_FILENO, "standard input", body, e);
    return file_read(path.p, body, e);
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct buf text = BUF_INIT(max_request);
    const char *files[CLI_MAX_REPEATS + 1];
    struct chela_request request = { .model = cli_text(c, "model").p,
                                     .system = cli_text(c, "system").p,
                                     .thinking = cli_text(c, "thinking").p,
                                     .files = talk_files(c, "file", files) };
    enum chela_error rc = CHELA_OK;
    int64_t timeout = cli_int(c, "timeout", 0);
    if (timeout < 0 || timeout > 86400 || (cli_given(c, "timeout") && timeout == 0))
        rc = err_set(e, CHELA_USAGE, "--timeout takes 1 to 86400 seconds");
    request.timeout_ms = timeout * 1000;
    if (rc == CHELA_OK && cli_given(c, "request")) {
        if (cli_given(c, "prompt")) rc = err_set(e, CHELA_USAGE, "--request or --prompt, not both");
        if (rc == CHELA_OK) rc = read_request(cli_text(c, "request"), &text, e);
        if (rc == CHELA_OK && !text.n) rc = err_set(e, CHELA_INPUT, "the request is empty");
        request.body = text.p;
    } else if (rc == CHELA_OK) {
        rc = talk_prompt(c, "prompt", &text, e);
        request.prompt = text.p;
    }
    if (rc == CHELA_OK) rc = talk(c, &request, e);
    buf_free(&text);
    return rc;
}

const struct command cmd_infer_model_run = {
    .path = "infer model run",
    .summary = "Ask a model once and stream its answer",
    .details = "Without --model the configured one answers (agents.defaults.model), else\n"
               "openrouter/auto. Without --prompt the text is read from standard input.\n"
               "`chela explain infer model run …` shows the request instead of sending it.",
    .options = options,
    .can_explain = true,
    .run = run,
};
