/* chela config schema: what openclaw.json may hold, for editors. */
#include "cli/editing.h"
#include "config/schema.h"

static enum chela_error run(struct cli *c, struct err *e) {
    struct buf out = BUF_INIT(4 << 20);
    struct json_writer w = JSON_WRITER(&out);
    config_schema_write(&w, cli_given(c, "chela") ? CONFIG_CHELA : CONFIG_OPENCLAW);
    buf_addc(&out, '\n');
    return editing_print(c, &out, e);
}

static const struct option_spec options[] = {
    { "chela", 0, OPTION_FLAG, NULL, "of chela.json5 instead of openclaw.json" },
    { "json", 0, OPTION_FLAG, NULL, NULL }, /* it is JSON anyway */
    { 0 },
};

const struct command cmd_config_schema = {
    .path = "config schema",
    .summary = "Print a JSON Schema of the configuration",
    .details = "It says what chela checks: parts of OpenClaw's that chela has no use for are open.",
    .options = options,
    .run = run,
};
