/* Faults on demand: what a client must survive, produced by the sandbox when asked.
 *
 * A fault is text ("status=429,retry-after=1,times=2"; the grammar is in chela-sandbox(1)), given
 * with --fault for all requests or in the header X-Chela-Fault for one. It is applied around the
 * handler (it answers in its place) and as a filter behind it (it cuts, holds back or spoils what
 * the handler wrote), so handlers know nothing of it.
 */
#ifndef CHELA_SANDBOX_FAULT_H
#define CHELA_SANDBOX_FAULT_H

#include "server/server.h"

enum { FAULT_NEVER = -1, FAULT_AT_HEAD = -2, FAULT_AT_FINISH = -3 };

struct fault_spec {
    uint64_t delay_ms;
    int64_t stall;       /* events of a stream, else bytes; FAULT_AT_HEAD; FAULT_NEVER */
    int64_t cut;         /* bytes of the body; FAULT_AT_HEAD, FAULT_AT_FINISH; FAULT_NEVER */
    int64_t cut_event;   /* events; FAULT_NEVER */
    int64_t malformed;   /* which event, from 1; 0: none */
    int64_t huge;        /* bytes of one line; 0: none */
    int64_t retry_after; /* seconds; FAULT_NEVER */
    int error_event;     /* its code; 0: none */
    int status;          /* 0: the handler's */
    bool html, wrong_type, no_finish;
    int64_t times;  /* requests it is for; 0: all */
    char path[128]; /* only requests whose path contains this */
};

/* CHELA_USAGE, naming the faults there are, when the text is none. */
enum chela_error fault_parse(struct fault_spec *out, str text, struct err *e);

struct faults;

/* inner is copied; it answers what no fault answers. NULL: out of memory. */
struct faults *faults_new(const struct server_handler *inner);
void faults_free(struct faults *f);
/* One more fault for every request; of several the first that fits and is not used up is taken. */
enum chela_error faults_add(struct faults *f, str text, struct err *e);
/* A server_handler's request; ctx is a struct faults. */
void faults_request(void *ctx, struct exchange *x);

#endif
