/* What is stored is what was sent and what came back, as message objects, so that the next turn
 * repeats the prefix byte for byte and prompt caches hit. Rules (cache markers, backfills) work on
 * the request of each turn and are not stored. */
#include "agent/turn.h"

#include "doc/doc.h"
#include "doc/json_write.h"

/* No date, no counters: the prefix of every request of a session must stay the same. */
static const str system_prompt = STR_INIT(
    "You are a personal assistant that runs in a terminal. Answer in the language of the question, "
    "briefly and to the point; use Markdown where it helps. Say so when you do not know.");

/* A message of another model's turn, without that model's reasoning. */
static str without_reasoning(str body, struct arena *a) {
    struct doc *d = NULL;
    if (doc_parse(&d, body, DOC_JSON, NULL, NULL) != CHELA_OK) return body;
    doc_node root = doc_root(d);
    static const char *const keys[] = { "reasoning", "reasoning_details", "reasoning_content",
                                        "reasoning_text" };
    size_t removed = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        removed += doc_remove_key(d, root, str_c(keys[i]));
    struct buf text = BUF_INIT(64u << 20);
    if (removed && doc_write(d, &text)) body = arena_dup(a, buf_str(&text));
    buf_free(&text);
    doc_free(d);
    return body;
}

enum chela_error turn_prepare(struct chat_input *in, struct store *s, str id, str model,
                              struct arena *a, struct err *e) {
    struct session_message *messages = NULL;
    size_t count = 0;
    enum chela_error rc = s ? session_load(s, id, a, &messages, &count, e) : CHELA_OK;
    if (rc != CHELA_OK) return rc;
    str *history = arena_alloc(a, (count + 1) * sizeof *history);
    if (!history) return err_set(e, CHELA_NOMEM, "the history of session \"%.*s\"", STR_ARG(id));
    for (size_t i = 0; i < count; i++) {
        bool same = str_eq(messages[i].model, model);
        history[i] = same ? messages[i].body : without_reasoning(messages[i].body, a);
    }
    in->kind = CALL_AGENT;
    in->system = in->system.n ? in->system : system_prompt;
    in->history = history;
    in->history_count = count;
    return CHELA_OK;
}

static void write_user(struct json_writer *w, const struct chat_input *in) {
    json_object(w);
    json_kstring(w, "role", S("user"));
    json_key(w, S("content"));
    json_array(w); /* the form in which body.c sent it: a later request repeats these bytes */
    json_object(w);
    json_kstring(w, "type", S("text"));
    json_kstring(w, "text", in->prompt);
    json_object_end(w);
    json_array_end(w);
    json_object_end(w);
}

static void write_assistant(struct json_writer *w, const struct chat_reply *r) {
    json_object(w);
    json_kstring(w, "role", S("assistant"));
    json_kstring(w, "content", r->text);
    if (r->reasoning_details.n) {
        json_key(w, S("reasoning_details"));
        json_raw(w, r->reasoning_details);
    } else if (r->reasoning.n && r->reasoning_field) {
        json_kstring(w, r->reasoning_field, r->reasoning);
    }
    json_object_end(w);
}

enum chela_error turn_keep(struct store *s, str id, str model, const struct chat_input *in,
                           const struct chat_reply *reply, struct err *e) {
    struct buf question = BUF_INIT(64u << 20), answer = BUF_INIT(64u << 20);
    struct json_writer q = JSON_WRITER(&question), r = JSON_WRITER(&answer);
    write_user(&q, in);
    write_assistant(&r, reply);
    enum chela_error rc = CHELA_OK;
    if (question.failed || answer.failed)
        rc = err_set(e, CHELA_LIMIT, "the turn is too large to be kept in session \"%.*s\"",
                     STR_ARG(id));
    if (rc == CHELA_OK) {
        const struct session_message turn[] = { { model, buf_str(&question) },
                                                { model, buf_str(&answer) } };
        rc = session_append(s, id, turn, 2, e);
    }
    buf_free(&question);
    buf_free(&answer);
    return rc;
}
