/* The entry of agents.list[] that is meant. */
#include "config/internal.h"

doc_node config_agent(struct config *c, str agent) {
    struct doc *d = c->main.doc;
    doc_node list = doc_get(d, doc_get(d, doc_root(d), S("agents")), S("list"));
    doc_node first = 0;
    for (doc_node n = doc_first(d, list); n; n = doc_next(d, n)) {
        str id;
        bool chosen = false;
        if (!doc_string(d, doc_get(d, n, S("id")), &id)) continue;
        if (agent.n ? str_ieq(str_trim(id), str_trim(agent))
                    : doc_bool(d, doc_get(d, n, S("default")), &chosen) && chosen)
            return n;
        if (!first) first = n;
    }
    return agent.n ? 0 : first;
}
