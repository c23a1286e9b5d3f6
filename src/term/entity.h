/* HTML's character references, as they turn up in Markdown. */
#ifndef CHELA_TERM_ENTITY_H
#define CHELA_TERM_ENTITY_H

#include "base/buf.h"

/* Appends what "&amp;", "&#169;" or "&#xA9;" stands for; a name that is not known stays as it is
 * written. The result may be any character: term/safe.h has to look at it. */
void entity_decode(struct buf *out, str entity);

#endif
