/* What chela-engines can do, as a table: one row an engine.
 *
 * Each engine is there if its library was found when this was built and its programs and data are
 * found now. One that lacks something is absent alone; the row says which package brings it.
 */
#ifndef CHELA_ENGINES_ENGINE_H
#define CHELA_ENGINES_ENGINE_H

#include "engines/task.h"

struct engine {
    const char *name; /* as in the catalogue: "local/scene"; a helper has its program's name */
    const char *what; /* "pictures" */
    const char *path; /* of its route; NULL: a helper of others */
    const char *(*missing)(void); /* the Debian package that it lacks; NULL: it can work */
    void (*work)(struct task *t); /* fills code, e, out, type; NULL with path NULL */
};

extern const struct engine engine_table[];
extern const size_t engine_count;

/* {"engines":[{"engine":"local/scene","for":"pictures","ok":true,"package":null}, …]} */
bool engines_json(struct buf *out);

#endif
