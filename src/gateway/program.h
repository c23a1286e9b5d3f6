/* The program's presets, and what they share. Only these files print. */
#ifndef CHELA_GATEWAY_PROGRAM_H
#define CHELA_GATEWAY_PROGRAM_H

#include "base/err.h"
#include "base/str.h"

/* From the words behind the preset's name to the end of the program. */
enum chela_error sandbox_main(char **words, struct err *e);
enum chela_error gateway_main(char **words, struct err *e);

bool program_is_loopback(const char *address);
/* "http://127.0.0.1:8484" */
void program_origin(char *dst, size_t cap, const char *scheme, const char *address, int port);
/* Keeps glibc from giving memory back, and takes as many files as it may. */
void program_prepare(void);

#endif
