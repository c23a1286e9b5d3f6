/* What the configuration files may hold, told to other programs. */
#ifndef CHELA_CONFIG_SCHEMA_H
#define CHELA_CONFIG_SCHEMA_H

#include "doc/json_write.h"

enum config_file { CONFIG_OPENCLAW, CONFIG_CHELA };

/* A JSON Schema, edition 2020-12. */
void config_schema_write(struct json_writer *w, enum config_file file);

#endif
