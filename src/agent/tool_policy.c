/* Entries are names, in any case, with * for any text; group:… stands for several. Names and groups
 * of tools that chela does not have pass: the file is OpenClaw's. deny has the last word, an empty
 * or missing allow allows all, and an agent's own section can only narrow what the general one
 * leaves, its profile apart, which takes the place of the general one. */
#include "agent/tool_policy.h"

/* Members of OpenClaw's groups that chela has; group:openclaw is all of them. */
static const char *const groups[][2] = {
    { "group:sessions", "session_status" },
    { "group:media", "image_generate" },
    { "group:media", "video_generate" },
    { "group:media", "tts" },
    { "group:openclaw", "*" },
};

static const char *const profiles[][2] = {
    { "minimal", "session_status" },   { "coding", "group:sessions" },
    { "coding", "image_generate" },    { "coding", "video_generate" },
    { "messaging", "session_status" }, { "full", "*" },
};

/* pattern: the letters of names, and * for any text; in any case. */
static bool matches(str pattern, str name) {
    str star = { 0 }, rest = { 0 };
    while (name.n) {
        if (pattern.n && pattern.p[0] == '*') {
            star = pattern = str_skip(pattern, 1);
            rest = name;
        } else if (pattern.n && ascii_lower(pattern.p[0]) == ascii_lower(name.p[0])) {
            pattern = str_skip(pattern, 1);
            name = str_skip(name, 1);
        } else if (rest.n) { /* the last * takes one more */
            rest = str_skip(rest, 1);
            pattern = star;
            name = rest;
        } else {
            return false;
        }
    }
    while (pattern.n && pattern.p[0] == '*') pattern = str_skip(pattern, 1);
    return !pattern.n;
}

static bool names_it(str entry, str tool) {
    entry = str_trim(entry);
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        if (str_ieq(entry, str_c(groups[i][0])) && matches(str_c(groups[i][1]), tool)) return true;
    return entry.n && matches(entry, tool);
}

static bool list_has(struct doc *d, doc_node list, str tool) {
    str entry;
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n))
        if (doc_string(d, n, &entry) && names_it(entry, tool)) return true;
    return false;
}

/* An unknown profile is one of a later edition: it restricts nothing. */
static bool profile_has(str profile, str tool) {
    bool known = false;
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
        if (!str_ieq(str_trim(profile), str_c(profiles[i][0]))) continue;
        known = true;
        if (names_it(str_c(profiles[i][1]), tool)) return true;
    }
    return !known;
}

static bool section_allows(struct doc *d, doc_node section, str tool) {
    doc_node allow = doc_get(d, section, S("allow"));
    if (list_has(d, doc_get(d, section, S("deny")), tool)) return false;
    return !doc_len(d, allow) || list_has(d, allow, tool) ||
           list_has(d, doc_get(d, section, S("alsoAllow")), tool);
}

bool tool_allowed(struct config *c, str agent, str tool) {
    struct doc *d = config_doc(c);
    doc_node general = doc_get(d, doc_root(d), S("tools"));
    doc_node own = doc_get(d, config_agent(c, agent), S("tools"));
    str profile = { 0 };
    if (!doc_string(d, doc_get(d, own, S("profile")), &profile))
        doc_string(d, doc_get(d, general, S("profile")), &profile);
    bool in_profile = !profile.n || profile_has(profile, tool) ||
                      list_has(d, doc_get(d, general, S("alsoAllow")), tool) ||
                      list_has(d, doc_get(d, own, S("alsoAllow")), tool);
    return in_profile && section_allows(d, general, tool) && section_allows(d, own, tool);
}
