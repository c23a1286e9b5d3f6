/* What the commands share that talk to a running gateway. */
#ifndef CHELA_CLI_GATEWAY_ASK_H
#define CHELA_CLI_GATEWAY_ASK_H

#include "cli/cli.h"
#include "doc/doc.h"

/* --url and --json */
extern const struct option_spec gateway_ask_options[];

struct gateway_reply { /* what it said */
    struct buf body;
    struct doc *doc; /* of body */
    doc_node data;
};

/* Asks the gateway at --url, as whoever runs it (with CHELA_GATEWAY_KEY, else the first of
 * gateway.keys), and prints what it says: `data`, or all of it, beside "ok" with --json, else what
 * write_text makes of it. What it refuses is an error. */
enum chela_error gateway_tell(struct cli *c, const char *method, const char *path,
                              void (*write_text)(const struct gateway_reply *r, struct buf *out),
                              struct err *e);

#endif
