/* What the config commands say of a path that leads nowhere. */
#ifndef CHELA_CLI_CONFIG_PATH_H
#define CHELA_CLI_CONFIG_PATH_H

#include "base/err.h"
#include "doc/doc.h"

/* "a.b.c is not set", with the nearest name of the deepest part of the path that is. */
enum chela_error config_path_missing(struct doc *d, str path, struct err *e);

#endif
