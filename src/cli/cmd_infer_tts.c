/* chela infer tts: a text becomes a sound file, and is played when that is wanted. */
#include "cli/media_cli.h"
#include "cli/talk.h"
#include "media/player.h"
#include "media/speech.h"

#include <stdio.h>

static const struct option_spec options[] = {
    { "text", 't', OPTION_TEXT, "TEXT", "what to say; - reads standard input" },
    { "model", 'm', OPTION_TEXT, "REF", "the model, as openrouter/<author>/<model>" },
    { "voice", 0, OPTION_TEXT, "NAME", "the voice" },
    { "format", 0, OPTION_TEXT, "mp3|pcm", "what the model sends; pcm becomes a WAV file" },
    { "output", 'o', OPTION_TEXT, "PATH",
      "where to write; the extension follows the bytes; - is stdout" },
    { "play", 0, OPTION_FLAG, NULL, "play it, through the player found on the machine" },
    { "timeout-ms", 0, OPTION_INT, "MS", "give up after so long" },
    { "json", 0, OPTION_FLAG, NULL, "one JSON document instead of the path" },
    { "channel", 0, OPTION_TEXT, "ID", NULL },
    { "local", 0, OPTION_FLAG, NULL, NULL },
    { "gateway", 0, OPTION_FLAG, NULL, NULL },
    { 0 },
};

static void on_progress(void *ctx, uint64_t bytes) {
    char detail[32] = "";
    if (bytes) snprintf(detail, sizeof detail, "%.0f kB", (double)bytes / 1e3);
    media_cli_progress(ctx, detail);
}

static enum chela_error explain(struct media_cli *m, const struct speech_request *q,
                                struct err *e) {
    struct buf text = BUF_INIT(64u << 20);
    enum chela_error rc = speech_explain(q, m->config, media_cli_wants_json(m->cli),
                                         media_cli_wants_colour(m->cli), &text, e);
    if (rc == CHELA_OK) media_cli_text(&text);
    buf_free(&text);
    return rc;
}

static enum chela_error convert(struct media_cli *m, const struct speech_request *q,
                                struct err *e) {
    struct media_result result;
    enum chela_error rc = speech_run(q, m->config, &result, e);
    rc = media_cli_print(m, &result, rc, e);
    if (rc == CHELA_OK && !m->pour && cli_given(m->cli, "play")) {
        struct err why = ERR_INIT; /* the file is there: that nobody plays it is no failure */
        const struct media_file *f = &result.file[0];
        if (player_play(env_get(m->cli->env, "PATH"), f->path.p, f->mime, m->cancel, &why) !=
            CHELA_OK)
            cli_note("chela: %s%s%s", why.message, why.hint[0] ? "; " : "", why.hint);
    }
    media_result_free(&result);
    return rc;
}

static enum chela_error run(struct cli *c, struct err *e) {
    struct media_cli m;
    struct buf text = BUF_INIT(1);
    struct speech_request q = { .model = cli_text(c, "model"),
                                .voice = cli_text(c, "voice"),
                                .format = cli_text(c, "format"),
                                .ctx = &m,
                                .on_progress = on_progress };
    enum chela_error rc = media_cli_begin(&m, c, "speech", e);
    q.cancel = m.cancel;
    if (rc == CHELA_OK) rc = media_cli_output(&m, &q.output, e);
    if (rc == CHELA_OK) rc = media_cli_timeout(c, &q.timeout_ms, e);
    if (rc == CHELA_OK) rc = talk_prompt(c, "text", &text, e);
    q.text = buf_str(&text);
    if (rc == CHELA_OK) rc = c->explain ? explain(&m, &q, e) : convert(&m, &q, e);
    buf_free(&text);
    media_cli_end(&m);
    return rc;
}

const struct command cmd_infer_tts_convert = {
    .path = "infer tts convert",
    .summary = "Say a text: make a sound file of it",
    .details = "Model, voice and format are as messages.tts.providers.openrouter of openclaw.json\n"
               "says, else hexgrad/kokoro-82m, af_alloy and mp3.",
    .options = options,
    .can_explain = true,
    .run = run,
};
