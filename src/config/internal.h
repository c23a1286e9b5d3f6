/* What the files of config/ share: the parts of a configuration, and where each value came from.
 *
 * The user's file is parsed once and then edited: what an include brings is set into it, a string
 * with ${VAR} is replaced. So everybody reads one document, and values nobody edited keep their
 * line and column. For those that were edited a source keeps a list of marks, so that a problem is
 * told at the place where its text stands, be it in an included file.
 */
#ifndef CHELA_CONFIG_INTERNAL_H
#define CHELA_CONFIG_INTERNAL_H

#include "config/config.h"

struct schema_rule;

enum {
    CONFIG_MAX_FILE = 8 << 20,
    CONFIG_MAX_INCLUDE = 2 << 20,
    CONFIG_MAX_INCLUDES = 256,      /* files in all; ten levels of lists could name 10^n */
    CONFIG_MAX_INCLUDED = 16 << 20, /* bytes in all */
    CONFIG_MAX_DEPTH = 10,
    CONFIG_MAX_REPORTS = 100, /* problems, and warnings, that are kept */
    CONFIG_MAX_STRINGS = 8 << 20,
};

struct config_source;

/* This node's text stands elsewhere: in another file, or at a place that an edit forgot. */
struct config_mark {
    doc_node node;
    const struct config_source *from; /* NULL: the same file, at line and column */
    doc_node from_node;
    unsigned line, column;
};

struct config_source { /* one file: its text, and the document that was made of it */
    const char *path;
    struct buf text;
    struct doc *doc;
    struct config_mark *marks;
    size_t mark_count, mark_cap;
    struct config_source *next; /* of the config's list of included files */
};

struct config_place {
    const char *file;
    unsigned line, column;
};

bool source_mark(struct config_source *s, struct config_mark mark); /* false: out of memory */
/* The mark that says where n stands now: to be kept, with another node, when n is replaced. */
struct config_mark source_mark_of(const struct config_source *s, doc_node n);
void source_place(struct config_source *s, doc_node n, struct config_place *out);

/* A member whose key stands again behind it: that one is read, this one counts for nothing. */
bool source_is_shadowed(const struct config_source *s, doc_node object, doc_node member);

struct config_reports {
    struct config_warning *item;
    size_t count, cap;
};

enum env_origin { ENV_NOWHERE = 0, ENV_PROCESS, ENV_FILE, ENV_BLOCK };

struct config_variable {
    str name, value;
    enum env_origin origin;
};

/* Reads the file an $include names: `path` is absolute and normalised; *real receives the file's
 * one true name (for cycles). Replaced where there is no file system to read from. */
typedef enum chela_error config_reader(void *ctx, struct config *c, const char *path,
                                       struct buf *out, char real[4096], struct err *e);

struct config {
    struct config_paths where;
    env_list env;
    struct arena strings;
    struct config_source main, chela;
    struct config_source *included; /* list */
    size_t include_count, include_bytes;
    struct config_reports problems, warnings;
    struct config_variable *variables; /* .env from its end, then env, then env.vars */
    size_t variable_count, variable_cap;
    config_reader *read;
    void *read_ctx;
};

/* The whole pipeline over texts instead of files: what config_load runs, what the fuzzer runs. */
struct config_input {
    const struct config_paths *where;
    env_list env;
    str text, dotenv, chela; /* copied */
    config_reader *read;     /* NULL: $include reads files */
    void *read_ctx;
};
enum chela_error config_from_text(struct config **out, const struct config_input *in,
                                  struct err *e);

/* config_load, with `text` for what openclaw.json holds: what it would be after an edit. */
enum chela_error config_load_text(struct config **out, env_list env, str text, struct err *e);

/* Both name the place of `n` in `s`; n 0 and path given: no place. */
void config_problem(struct config *c, struct config_source *s, doc_node n, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void config_warn(struct config *c, struct config_source *s, doc_node n, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void config_report_at(struct config *c, struct config_reports *r, const char *file, unsigned line,
                      unsigned column, str path, str text);

/* A text that is no JSON5: told at the line and column the parser named. */
void config_parse_problem(struct config *c, const char *file, const struct err *e);

/* ---- the stages; each returns false only when memory is out ---- */
bool include_resolve(struct config *c);
bool env_read_file(struct config *c, str text, const char *path);
bool env_read_block(struct config *c);
bool substitute_variables(struct config *c);
void schema_check(struct config *c, struct config_source *s, const struct schema_rule *root);

/* ---- names ---- */
/* Value and where it was found; blank counts as unset, as it does for OpenClaw. */
const char *env_find(const struct config *c, str name, enum env_origin *origin);
bool env_name_is_valid(str name); /* [A-Z_][A-Z0-9_]* */

/* ---- paths ---- */
/* `path` against folder `base` (absolute), "." and ".." and doubled slashes resolved lexically;
 * a leading "~/" is `home`. False: too long. */
bool path_resolve(char *dst, size_t cap, str base, str path, str home);
bool path_is_inside(str path, str folder);          /* lexically; both absolute and normalised */
str path_folder(str path);                          /* what precedes the last slash; "/" for "/x" */
str path_home(env_list env, char *dst, size_t cap); /* OPENCLAW_HOME, HOME, the user database */

/* ---- the schema: what OpenClaw's file may hold, as far as chela reads it ---- */
enum { /* what a value may be */
       IS_STRING = 1 << 0,
       IS_NUMBER = 1 << 1,
       IS_INT = 1 << 2,
       IS_BOOL = 1 << 3,
       IS_OBJECT = 1 << 4,
       IS_ARRAY = 1 << 5,
};
enum {                /* how an object treats keys that its list lacks */
       KEYS_WARN = 0, /* a warning, with a suggestion */
       KEYS_FREE,     /* anything may be there */
       KEYS_NEAR,     /* free, but a key close to a listed one is probably that one */
       KEYS_CLOSED,   /* a problem: the file is chela's own */
};

struct schema_rule {
    const char *key;                   /* "*": every key without a rule of its own */
    unsigned types;                    /* 0: anything, and nothing inside is looked at */
    const struct schema_rule *members; /* of an object, ended by key NULL; NULL: free */
    const struct schema_rule *item;    /* of an array; NULL: free */
    const char *const *values;         /* allowed strings, ended by NULL */
    int64_t min, max;                  /* of numbers, when max > min */
    unsigned char keys;
    bool wanted; /* an entry without it is ignored, and that is told */
};

extern const struct schema_rule schema_openclaw, schema_chela;
/* *rule becomes the rule of a member `key`, or of an item; NULL: free, and read as it is. False:
 * chela does not read what stands there. */
bool schema_step(const struct schema_rule **rule, str key, bool item);

#endif
