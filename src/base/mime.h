/* What a file is, from its first bytes: never from its name or from what a server claims. */
#ifndef CHELA_BASE_MIME_H
#define CHELA_BASE_MIME_H

#include "base/str.h"

/* "image/png", "image/jpeg", "image/gif", "image/webp"; empty: none of them. */
str mime_of_picture(str bytes);

#endif
