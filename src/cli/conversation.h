/* chela chat: what its parts share.
 *
 * A conversation is a session of the store and what this process knows of it. At a terminal turns
 * are painted as they come (chat_turn.c); where either side is no terminal the same conversation
 * goes line by line, as plain text. Lines that begin with "/" are commands (chat_commands.c).
 */
#ifndef CHELA_CLI_CONVERSATION_H
#define CHELA_CLI_CONVERSATION_H

#include "catalog/catalog.h"
#include "chela.h"
#include "cli/cli.h"
#include "cli/sound.h"
#include "term/edit.h"
#include "term/look.h"

struct turn_use { /* what an answer took; tokens -1: not said, cost <0: not said */
    int64_t in, cached, out, ms;
    double cost;
    char model[128]; /* that answered */
};

enum { CONVERSATION_TURNS = 500 }; /* that /cost can list; older ones are in the sum only */

struct conversation {
    struct cli *cli;
    struct chela *lib;
    struct edit *edit; /* NULL in plain mode */
    struct look look;
    bool plain; /* no terminal on both sides */
    char session[132];
    char model[256], thinking[16]; /* "" as configured */
    str agent;
    bool show_reasoning, leave;
    struct buf reasoning, asked; /* of the last turn */
    struct turn_use *use;        /* CONVERSATION_TURNS of them, a ring */
    size_t turns;                /* since the start */
    struct turn_use sum;
    /* read when a command or a completion first needs them */
    struct config *config;
    struct catalog *catalog;
    struct sound sound;   /* what tools have made, as it is played */
    struct job *speaking; /* makes the sound of the last answer, or plays it; has c->lib till then
                           */
    enum chela_error failed; /* of the first turn that failed; OK when none did */
};

/* A request of this conversation; text must live as long as it. NULL: to finish the turn that was
 * interrupted. */
struct chela_request conversation_request(const struct conversation *c, const char *text);
/* Reads configuration and catalogue, once. */
enum chela_error conversation_catalog(struct conversation *c, struct err *e);
/* After chela_run: counts what it took and keeps it for /cost. The record, for the line below an
 * answer. */
const struct turn_use *conversation_count(struct conversation *c, int64_t ms);
/* The last turn has taken more since it was counted: its reply was summed up. */
void conversation_recount(struct conversation *c);
/* "1,204 in (1,000 cached), 56 out, $0.0012, 3.2 s" */
void conversation_tell_use(const struct turn_use *use, struct buf *out);
/* Text for the person, ended by a line feed: harmless, dim where it is an aside. */
void conversation_say(const struct conversation *c, str text);
void conversation_aside(const struct conversation *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A failure and its remedy. The conversation goes on. */
void conversation_complain(const struct conversation *c, const struct err *e);

/* ---- chat_turn.c ---- */
/* One turn at a terminal, painted; text "": the end of one that was interrupted. What went wrong
 * has been told. */
void chat_turn(struct conversation *c, str text);

/* ---- cmd_chat.c ---- */
/* The same in plain mode. */
void chat_plain_turn(struct conversation *c, str text);

/* ---- chat_outputs.c ---- */
/* Shows, plays and names what a turn has made, by its envelope. terminal_quiet(true) holds. */
void chat_outputs(struct conversation *c, const char *envelope);

/* ---- chat_turn.c: the sound of the last answer ---- */
/* Whether it is being made, or played. */
bool chat_sounds(const struct conversation *c);
/* Ends that; tells what went wrong with it. Only then c->lib is this thread's. */
void chat_hush(struct conversation *c);

/* ---- chat_commands.c ---- */
/* "/model", "/model x"; not "/usr/bin is full". */
bool chat_is_command(str line);
void chat_command(struct conversation *c, str line);
void chat_complete(void *conversation, str line, struct edit_words *words);

/* ---- one command each; `words` is what stands behind the name ---- */
enum chela_error chat_model(struct conversation *c, str words, struct err *e);
enum chela_error chat_think(struct conversation *c, str words, struct err *e);
enum chela_error chat_sessions(struct conversation *c, str words, struct err *e);
enum chela_error chat_save(struct conversation *c, str words, struct err *e);
void chat_offer_models(struct conversation *c, str typed, struct edit_words *words);
void chat_offer_levels(struct conversation *c, str typed, struct edit_words *words);

#endif
