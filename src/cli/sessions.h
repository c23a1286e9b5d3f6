/* What the sessions commands share: the store, if anything is kept there, and its sessions. */
#ifndef CHELA_CLI_SESSIONS_H
#define CHELA_CLI_SESSIONS_H

#include "agent/session.h"
#include "cli/cli.h"
#include "doc/json_write.h"

struct sessions {
    struct config_paths where;
    struct store *store; /* NULL: nothing was kept yet */
    struct arena arena;
};

/* Makes no file. sessions_close is fine also when it failed. */
enum chela_error sessions_open(struct sessions *x, env_list env, struct err *e);
void sessions_close(struct sessions *x);
/* id "": all. None when nothing is kept. */
enum chela_error sessions_list(struct sessions *x, str id, struct session_info **list,
                               size_t *count, struct err *e);
/* That one; CHELA_NOT_FOUND with a "did you mean". */
enum chela_error sessions_find(struct sessions *x, str id, struct session_info **info,
                               struct err *e);
/* Its messages. */
enum chela_error sessions_load(struct sessions *x, str id, struct session_message **list,
                               size_t *count, struct err *e);

/* The envelope around outputs: begin, the outputs as items of an array, end. */
void sessions_envelope(struct json_writer *w, const char *capability);
void sessions_envelope_end(struct json_writer *w);
/* Members; null for less than 0: not said, not known. */
void sessions_count(struct json_writer *w, const char *key, int64_t n);
void sessions_dollars(struct json_writer *w, const char *key, double usd);
/* An object with what the list shows of a session. */
void sessions_object(struct json_writer *w, const struct session_info *s);
/* Prints and frees; CHELA_NOMEM when it did not fit. */
enum chela_error sessions_print(struct cli *c, struct buf *out, struct err *e);

#endif
