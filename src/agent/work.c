/* The tools that one answer called: all of them, one after the other, in the answer's order.
 *
 * A result is stored as soon as there is one. For a tool that must not run twice (it costs money),
 * what to think of an interrupted call is stored before the call begins, and the result takes its
 * place: a process that is killed in between leaves a history that says so. */
#include "agent/loop.h"
#include "agent/message.h"
#include "agent/replay.h"

#include <string.h>

enum { RESULT_MAX = 256 << 10, MESSAGE_MAX = 2 << 20 };

static enum chela_error no_memory(struct err *e) {
    return err_set(e, CHELA_NOMEM, "out of memory for a tool's result");
}

static enum chela_error store_result(struct loop *l, str model, str call_id, str result,
                                     int64_t *place, str *message, struct err *e) {
    struct buf text = BUF_INIT(MESSAGE_MAX);
    message_tool(&text, call_id, result);
    *message = arena_dup(&l->run->arena, buf_str(&text));
    bool good = !text.failed && message->n;
    buf_free(&text);
    return good ? turn_result(&l->turn, model, *message, place, e) : no_memory(e);
}

static struct agent_call *new_call(struct agent_run *r, const struct tool_call *call, str id) {
    struct agent_call *list =
        arena_list(&r->arena, r->call, r->call_count, &r->call_cap, sizeof *list);
    if (!list) return NULL;
    r->call = list;
    struct agent_call *c = &r->call[r->call_count++];
    *c = (struct agent_call){ .id = arena_dup(&r->arena, id),
                              .name = arena_dup(&r->arena, call->name),
                              .arguments = arena_dup(&r->arena, call->arguments) };
    return arena_failed(&r->arena) ? NULL : c;
}

static enum chela_error one_call(struct loop *l, str model, str id, const struct tool_call *call,
                                 struct err *e) {
    struct agent_run *r = l->run;
    const struct agent_events *to = l->events;
    struct agent_call *done = new_call(r, call, id);
    if (!done) return no_memory(e);
    int64_t place = 0;
    str message;
    enum chela_error rc = CHELA_OK;
    if (call->tool && !call->tool->repeatable)
        rc = store_result(l, model, id, str_c(message_unknown_result), &place, &message, e);
    if (rc != CHELA_OK) return rc;
    if (to->on_tool_start)
        to->on_tool_start(to->ctx, done->id.p, done->name.n ? done->name.p : "",
                          done->arguments.n ? done->arguments.p : "");
    struct buf result = BUF_INIT(RESULT_MAX);
    bool failed = false;
    rc = tools_run(&r->tools, &l->tools, call, &result, &failed, e);
    if (rc == CHELA_OK) {
        done->ok = !failed;
        done->result = arena_dup(&r->arena, buf_str(&result));
        rc = store_result(l, model, id, buf_str(&result), &place, &message, e);
    }
    if (rc == CHELA_OK) rc = loop_remember(l, model, message, e);
    if (to->on_tool_end)
        to->on_tool_end(to->ctx, done->id.p, done->name.n ? done->name.p : "",
                        done->result.n ? done->result.p : "", !done->ok);
    buf_free(&result);
    return rc;
}

enum chela_error loop_work(struct loop *l, str model, const struct work *work, size_t count,
                           struct err *e) {
    enum chela_error rc = CHELA_OK;
    for (size_t i = 0; i < count && rc == CHELA_OK; i++) {
        if (loop_cancelled(l)) return err_set(e, CHELA_CANCELLED, "cancelled");
        const struct tool_call call = { .tool = tools_find(&l->tools, work[i].name),
                                        .name = work[i].name,
                                        .arguments = work[i].arguments };
        rc = one_call(l, model, work[i].id, &call, e);
    }
    return rc;
}
