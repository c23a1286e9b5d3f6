/* The command lines of chela-gateway's presets. chela has checked them already when it starts this
 * program; this is for who starts it himself. */
#ifndef CHELA_GATEWAY_ARGUMENTS_H
#define CHELA_GATEWAY_ARGUMENTS_H

#include "base/err.h"
#include "base/str.h"

struct argument {
    const char *name, *arg, *help; /* arg NULL: a flag */
};

struct arguments {
    const char *preset;          /* "sandbox" */
    const char *about;           /* what it is, for --help */
    const struct argument *list; /* ends with name NULL; --help and --version come by themselves */
    /* value NULL for a flag */
    enum chela_error (*take)(void *ctx, str name, const char *value, struct err *e);
    void *ctx;
};

enum arguments_wish { ARGUMENTS_RUN, ARGUMENTS_HELP, ARGUMENTS_VERSION };
enum chela_error arguments_read(const struct arguments *a, char **words, enum arguments_wish *wish,
                                struct err *e);
void arguments_help(const struct arguments *a); /* prints */
enum chela_error arguments_number(str name, const char *value, int64_t most, int64_t *out,
                                  struct err *e);

#endif
