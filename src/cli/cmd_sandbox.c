/* chela sandbox: starts the program that answers off line. */
#include "cli/become.h"

static const struct option_spec options[] = {
    { "port", 'p', OPTION_INT, "PORT", "where to listen (8484); 0: any free port" },
    { "bind", 0, OPTION_TEXT, "ADDRESS", "address to listen on (127.0.0.1)" },
    { "fault", 0, OPTION_TEXT, "SPEC",
      "misbehave: delay=MS stall=N cut=K status=CODE …; may be repeated" },
    { "record", 0, OPTION_TEXT, "FILE", "append each request and answer as a line of JSON" },
    { "replay", 0, OPTION_TEXT, "FILE", "serve recorded answers" },
    { "tls", 0, OPTION_FLAG, NULL, "HTTPS with a test CA, and CONNECT, as openrouter.ai" },
    { "ca", 0, OPTION_TEXT, "FILE", "where --tls writes the certificate of its CA" },
    { "pace", 0, OPTION_INT, "MS", "wait between two pieces of an answer" },
    { "quiet", 'q', OPTION_FLAG, NULL, "no line for each request" },
    { 0 },
};

static enum chela_error run(struct cli *c, struct err *e) {
    return become_gateway(c, "sandbox", e);
}

const struct command cmd_sandbox = {
    .path = "sandbox",
    .summary = "Be an OpenRouter that runs off line, for nothing",
    .details =
        "Answers OpenRouter's API locally (/api/v1 and /v1): chat, streamed or not, with tools "
        "and\n"
        "JSON schemas, pictures, speech, transcription, embeddings, models, key. Point\n"
        "models.providers.openrouter.baseUrl, or any OpenAI SDK, at the address it prints. Its\n"
        "chat model, sandbox/agent, is rules, not a language model, and says so.",
    .options = options,
    .run = run,
};
