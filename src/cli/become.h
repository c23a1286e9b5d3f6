/* Becoming chela-gateway. The server is a program of its own, so that chela need not load an event
 * loop and TLS to print a version; it is found beside this one and takes its place. */
#ifndef CHELA_CLI_BECOME_H
#define CHELA_CLI_BECOME_H

#include "cli/cli.h"

/* The path of a program of chela's: beside this one (a build tree), else in ../libexec/chela (an
 * installation). False: it is in neither. */
bool become_find(const char *name, char *path, size_t cap);
/* With the options that were given, as they were given. Returns only when it failed. */
enum chela_error become_gateway(struct cli *c, const char *preset, struct err *e);

#endif
