/* A file as an answer: read in libuv's pool, a piece at a time, as the client takes it. */
#ifndef CHELA_SANDBOX_FILE_ANSWER_H
#define CHELA_SANDBOX_FILE_ANSWER_H

#include "server/server.h"

/* Answers 200 with the whole file, or 500 when it cannot be read. A file that is removed meanwhile
 * is still given to its end. */
void file_answer(struct exchange *x, uv_loop_t *loop, const char *path, str type);

#endif
