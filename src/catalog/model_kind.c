/* Which models the rules treat apart. A kind is read off the wire id alone, never off a catalogue
 * row, so that a request off line is shaped like one on line.
 *
 * All compare lower-cased, and look past one "openrouter/" and one '~' (OpenRouter's mark for "the
 * latest of a family") in front. A variant (":free") or a preset ("@preset/x") does not make
 * another model; a dated suffix does.
 */
#include "catalog/model_ref.h"

static str family(str id) {
    id = str_trim(id);
    if (str_istarts(id, S("openrouter/"))) id = str_skip(id, 11);
    if (str_starts(id, S("~"))) id = str_skip(id, 1);
    return id;
}

static bool is_model(str id, str name) {
    if (!str_istarts(id, name)) return false;
    str rest = str_skip(id, name.n);
    return !rest.n || rest.p[0] == ':' || str_starts(rest, S("@preset/"));
}

bool model_is_auto(str id) {
    return is_model(family(id), S("auto"));
}

bool model_is_hunter_alpha(str id) {
    return is_model(family(id), S("hunter-alpha"));
}

bool model_is_anthropic(str id) {
    return str_istarts(family(id), S("anthropic/"));
}

bool model_is_deepseek_v4(str id) {
    id = family(id);
    return is_model(id, S("deepseek/deepseek-v4-flash")) ||
           is_model(id, S("deepseek/deepseek-v4-pro"));
}

bool model_is_gemini(str id) {
    return str_ihas(id, S("gemini"));
}
