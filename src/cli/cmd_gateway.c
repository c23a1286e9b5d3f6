/* chela gateway: starts the program that stands in front of upstreams. */
#include "cli/become.h"

static const struct option_spec options[] = {
    { "port", 'p', OPTION_INT, "PORT", "where to listen (8484); 0: any free port" },
    { "bind", 0, OPTION_TEXT, "ADDRESS", "address to listen on (127.0.0.1)" },
    { "anonymous", 0, OPTION_FLAG, NULL, "let clients on this machine in without a key" },
    { "local", 0, OPTION_FLAG, NULL,
      "answer models of this machine too: sandbox/agent, local/scene …" },
    { "tls-cert", 0, OPTION_TEXT, "FILE", "certificate chain (PEM): serve HTTPS" },
    { "tls-key", 0, OPTION_TEXT, "FILE", "its key (PEM)" },
    { "behind-proxy", 0, OPTION_FLAG, NULL, "something in front of it ends TLS" },
    { "workers", 0, OPTION_INT, "N", "threads (one a core)" },
    { "quiet", 'q', OPTION_FLAG, NULL, "no line for each request" },
    { 0 },
};

static enum chela_error run(struct cli *c, struct err *e) {
    return become_gateway(c, "gateway", e);
}

const struct command cmd_gateway = {
    .path = "gateway",
    .summary = "One endpoint in front of OpenRouter and any OpenAI-compatible service",
    .details =
        "Serves OpenRouter's API under /api/v1 (and /v1) for the upstreams that the configuration\n"
        "names (models.providers). A model is addressed as there (fake/bench) or as OpenRouter "
        "does\n"
        "(anthropic/claude-sonnet-4.6). Any OpenAI SDK works with the address it prints as its "
        "base\n"
        "URL. Clients send a key that `chela gateway keys create` made, or none with --anonymous.",
    .options = options,
    .run = run,
};
