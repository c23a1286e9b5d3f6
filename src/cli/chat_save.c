/* /sessions and /save: what is kept, and a copy of it for elsewhere. */
#include "cli/conversation.h"

#include "agent/transcript.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/sessions.h"

#include <limits.h>

enum { LISTED_SESSIONS = 30 };
static const size_t max_text = 256u << 20;

/* "3 minutes ago" */
static void add_age(struct buf *out, int64_t ms) {
    static const struct {
        int64_t ms;
        const char *name;
    } units[] = { { 86400000, "day" }, { 3600000, "hour" }, { 60000, "minute" } };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        int64_t n = ms / units[i].ms;
        if (n < 1) continue;
        buf_addf(out, "%lld %s%s ago", (long long)n, units[i].name, n == 1 ? "" : "s");
        return;
    }
    buf_add(out, S("just now"));
}

enum chela_error chat_sessions(struct conversation *c, str words, struct err *e) {
    struct sessions kept;
    struct session_info *list = NULL;
    struct buf out = BUF_INIT(1u << 20);
    size_t count = 0;
    (void)words;
    enum chela_error rc = sessions_open(&kept, c->cli->env, e);
    if (rc == CHELA_OK) rc = sessions_list(&kept, S(""), &list, &count, e);
    for (size_t i = 0; i < count && i < LISTED_SESSIONS; i++) {
        bool here = str_eq(list[i].id, str_c(c->session));
        buf_addf(&out, "%s%-24.*s %5lld messages, ", here ? "* " : "  ", STR_ARG(list[i].id),
                 (long long)list[i].messages);
        add_age(&out, clock_unix_ms() - list[i].updated_ms);
        buf_add(&out, list[i].interrupted ? S(", interrupted\n") : S("\n"));
    }
    if (count > LISTED_SESSIONS) buf_addf(&out, "  and %zu more\n", count - LISTED_SESSIONS);
    str lines = buf_str(&out);
    if (rc == CHELA_OK && lines.n)
        conversation_say(c, str_head(lines, lines.n - 1));
    else if (rc == CHELA_OK)
        conversation_aside(c, "no conversation is kept yet");
    sessions_close(&kept);
    buf_free(&out);
    return rc;
}

enum chela_error chat_save(struct conversation *c, str words, struct err *e) {
    char path[PATH_MAX];
    if (!words.n || !str_copy(path, sizeof path, words)) {
        err_set(e, CHELA_USAGE, "/save needs the name of a file");
        return err_hint(e, CHELA_USAGE, "/save talk.md, or talk.json for the messages themselves");
    }
    if (file_exists(path)) {
        err_set(e, CHELA_IO, "%s is there already", path);
        return err_hint(e, CHELA_IO, "give another name");
    }
    struct sessions kept;
    struct session_message *messages = NULL;
    struct buf out = BUF_INIT(max_text);
    size_t count = 0;
    str session = str_c(c->session);
    enum chela_error rc = sessions_open(&kept, c->cli->env, e);
    if (rc == CHELA_OK) rc = sessions_load(&kept, session, &messages, &count, e);
    if (rc == CHELA_OK && str_ends(words, S(".json")))
        transcript_json(&out, session, messages, count);
    else if (rc == CHELA_OK)
        transcript_markdown(&out, messages, count);
    if (rc == CHELA_OK && out.failed) rc = err_set(e, CHELA_LIMIT, "the conversation is too large");
    if (rc == CHELA_OK) rc = file_write(path, buf_str(&out), 0600, e);
    if (rc == CHELA_OK) conversation_aside(c, "%zu messages written to %s", count, path);
    sessions_close(&kept);
    buf_free(&out);
    return rc;
}
