/* The table of rules as a JSON Schema, for editors that complete and check as one types.
 *
 * It says what chela checks, no more: a part of OpenClaw's that chela does not read is `true`, and
 * an unknown key is allowed wherever it is only a warning.
 */
#include "config/schema.h"

#include "config/internal.h"

static void write_types(struct json_writer *w, unsigned types) {
    static const struct {
        unsigned type;
        const char *name;
    } names[] = {
        { IS_STRING, "string" }, { IS_NUMBER, "number" }, { IS_INT, "integer" },
        { IS_BOOL, "boolean" },  { IS_OBJECT, "object" }, { IS_ARRAY, "array" },
    };
    bool several = (types & (types - 1)) != 0;
    json_key(w, S("type"));
    if (several) json_array(w);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (types & names[i].type) json_string(w, str_c(names[i].name));
    if (several) json_array_end(w);
}

static void write_rule(struct json_writer *w, const struct schema_rule *rule);

static void write_required(struct json_writer *w, const struct schema_rule *members) {
    bool any = false;
    for (const struct schema_rule *m = members; m->key; m++) {
        if (!m->wanted) continue;
        if (!any) json_key(w, S("required"));
        if (!any) json_array(w);
        any = true;
        json_string(w, str_c(m->key));
    }
    if (any) json_array_end(w);
}

static void write_members(struct json_writer *w, const struct schema_rule *rule) {
    const struct schema_rule *any = NULL;
    json_key(w, S("properties"));
    json_object(w);
    for (const struct schema_rule *m = rule->members; m->key; m++) {
        if (m->key[0] == '*') {
            any = m;
            continue;
        }
        json_key(w, str_c(m->key));
        write_rule(w, m);
    }
    json_object_end(w);
    write_required(w, rule->members);
    if (!any && rule->keys != KEYS_CLOSED) return;
    json_key(w, S("additionalProperties"));
    if (any)
        write_rule(w, any);
    else
        json_bool(w, false);
}

static void write_body(struct json_writer *w, const struct schema_rule *rule) {
    write_types(w, rule->types);
    if (rule->values) {
        json_key(w, S("enum"));
        json_array(w);
        for (const char *const *v = rule->values; *v; v++) json_string(w, str_c(*v));
        json_array_end(w);
    }
    if (rule->max > rule->min) {
        json_kint(w, "minimum", rule->min);
        json_kint(w, "maximum", rule->max);
    }
    if (rule->members) write_members(w, rule);
    if (rule->item) {
        json_key(w, S("items"));
        write_rule(w, rule->item);
    }
}

static void write_rule(struct json_writer *w, const struct schema_rule *rule) {
    if (!rule->types) {
        json_bool(w, true);
        return;
    }
    json_object(w);
    write_body(w, rule);
    json_object_end(w);
}

void config_schema_write(struct json_writer *w, enum config_file file) {
    bool own = file == CONFIG_CHELA;
    json_object(w);
    json_kstring(w, "$schema", S("https://json-schema.org/draft/2020-12/schema"));
    json_kstring(w, "title", own ? S("chela.json5") : S("openclaw.json, as chela reads it"));
    write_body(w, own ? &schema_chela : &schema_openclaw);
    json_object_end(w);
}
