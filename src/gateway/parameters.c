#include "gateway/parameters.h"

static const struct {
    const char *name;
    unsigned bit;
} names[] = {
    { "tools", 0 },
    { "tool_choice", 1 },
    { "parallel_tool_calls", 2 },
    { "max_tokens", 3 },
    { "max_completion_tokens", 3 },
    { "temperature", 4 },
    { "top_p", 5 },
    { "top_k", 6 },
    { "min_p", 7 },
    { "top_a", 8 },
    { "frequency_penalty", 9 },
    { "presence_penalty", 10 },
    { "repetition_penalty", 11 },
    { "seed", 12 },
    { "stop", 13 },
    { "logit_bias", 14 },
    { "logprobs", 15 },
    { "top_logprobs", 16 },
    { "response_format", 17 },
    { "structured_outputs", 18 },
    { "reasoning", 19 },
    { "reasoning_effort", 20 },
    { "include_reasoning", 21 },
    { "verbosity", 22 },
    { "web_search_options", 23 },
    { "prediction", 24 },
};

enum { COUNT = sizeof names / sizeof names[0] };

parameters parameters_named(str name) {
    for (size_t i = 0; i < COUNT; i++)
        if (str_eq(name, str_c(names[i].name))) return (parameters)1 << names[i].bit;
    return 0;
}

parameters parameters_listed(struct doc *d, doc_node list) {
    parameters set = 0;
    str name;
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n))
        if (doc_string(d, n, &name)) set |= parameters_named(name);
    return set;
}

parameters parameters_sent(struct doc *body) {
    parameters set = 0;
    for (doc_node n = doc_first(body, doc_root(body)); n; n = doc_next(body, n))
        if (doc_type(body, n) != DOC_NULL) set |= parameters_named(doc_key(body, n));
    return set;
}

void parameters_write(struct json_writer *w, parameters set) {
    json_array(w);
    for (size_t i = 0; i < COUNT; i++)
        if (set & (parameters)1 << names[i].bit) json_string(w, str_c(names[i].name));
    json_array_end(w);
}

const char *parameters_first(parameters set) {
    for (size_t i = 0; i < COUNT; i++)
        if (set & (parameters)1 << names[i].bit) return names[i].name;
    return "";
}
