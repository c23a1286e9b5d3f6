/* gen-<seconds>-<20 letters and digits>, as OpenRouter's ids look. */
#ifndef CHELA_SANDBOX_GENERATION_ID_H
#define CHELA_SANDBOX_GENERATION_ID_H

#include <stddef.h>
#include <stdint.h>

void generation_id(char *out, size_t cap, int64_t seconds);
/* n random letters and digits and a NUL. */
void random_letters(char *out, size_t n);

#endif
