/* Which params objects of the configuration apply to a model, and which has the last word. */
#ifndef CHELA_CATALOG_PARAMS_H
#define CHELA_CATALOG_PARAMS_H

#include "config/config.h"

enum { CONFIG_PARAM_LAYERS = 8 };
struct config_params { /* params objects that apply to a model, the most specific last */
    struct doc *doc;
    doc_node layer[CONFIG_PARAM_LAYERS];
    const char *origin[CONFIG_PARAM_LAYERS]; /* the path, for explain */
    size_t count;
};
/* key: the canonical model key ("openrouter/auto"); agent: "" for the default one. Order:
 * models.providers.openrouter.params < agents.defaults.params < models.providers.openrouter
 * .models[].params < agents.defaults.models[key].params (the same model under another spelling of
 * its key before the canonical one) < agents.list[agent].params. */
void config_params(struct config *c, str key, str agent, struct config_params *out);
/* The last layer that has any of the aliases (first alias first inside one layer) wins. */
doc_node config_param(const struct config_params *p, const char *const *aliases, size_t n,
                      const char **origin);

#endif
