/* The parameters of a request that an endpoint may or may not know, as OpenRouter names them in
 * supported_parameters: a set is a word of bits. Two names of one thing share a bit.
 */
#ifndef CHELA_GATEWAY_PARAMETERS_H
#define CHELA_GATEWAY_PARAMETERS_H

#include "doc/doc.h"
#include "doc/json_write.h"

typedef uint64_t parameters;

#define PARAMETERS_ALL (~(parameters)0)

parameters parameters_named(str name); /* 0: it is none of them */
parameters parameters_listed(struct doc *d, doc_node list);
/* Those that a request's body has; null counts as left out. */
parameters parameters_sent(struct doc *body);
/* An array of names; of those that are known. */
void parameters_write(struct json_writer *w, parameters set);
const char *parameters_first(parameters set); /* a name of it, for messages; "" when it is empty */

#endif
