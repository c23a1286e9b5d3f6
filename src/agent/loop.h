/* What the files of a running turn share. Inside agent/ only. */
#ifndef CHELA_AGENT_LOOP_H
#define CHELA_AGENT_LOOP_H

#include "agent/agent.h"
#include "agent/fallback.h"
#include "agent/tools.h"
#include "agent/turn.h"

struct loop {
    struct agent_run *run;
    struct config *config;
    struct store *store;
    const struct agent_request *request;
    const struct agent_events *events; /* never NULL */
    const atomic_bool *cancel;
    int64_t deadline_ms; /* clock_ms(); 0: none */
    struct candidates candidates;
    size_t current; /* the candidate that answered last */
    bool begun;     /* run->chat is the request of that candidate, not sent yet */
    struct tool_set tools;
    str tools_json, system;
    struct session_message *message; /* the whole history, this turn included */
    size_t message_count, message_cap;
    struct turn turn;
};

void loop_notice(const struct loop *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool loop_cancelled(const struct loop *l);
/* Adds a message of this turn to the history in memory; body must live as long as the run. */
enum chela_error loop_remember(struct loop *l, str model, str body, struct err *e);
/* The request for one candidate, in l->run->chat. */
enum chela_error loop_begin_chat(struct loop *l, size_t candidate, bool no_network, struct err *e);

/* ---- ask.c ---- */
/* One answer: the candidates are asked in order until one gives it. It is in run->chat and
 * run->reply, and l->current is who gave it. */
enum chela_error loop_ask(struct loop *l, struct err *e);

/* ---- work.c ---- */
struct work { /* a call that is to be made; name and arguments as the model wrote them */
    str id, name, arguments;
};
/* Runs the calls of the round's answer in order and stores each result. model: who called. On
 * failure the results that there are stay. */
enum chela_error loop_work(struct loop *l, str model, const struct work *work, size_t count,
                           struct err *e);

#endif
