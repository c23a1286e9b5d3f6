/* What the files of `chela doctor` share: a finding is one line, and what to do stands with it. */
#ifndef CHELA_CLI_DOCTOR_H
#define CHELA_CLI_DOCTOR_H

#include "cli/cli.h"

enum doctor_level { DOCTOR_GOOD, DOCTOR_NOTE, DOCTOR_WRONG };

struct doctor;

/* check must live on; todo "" only where nothing is to be done. Findings over 48 are dropped. */
void doctor_find(struct doctor *d, const char *check, enum doctor_level level, const char *todo,
                 const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* ---- doctor_machine.c ---- */
/* The programs beside chela, what chela-engines says of itself, terminal, pictures and sound. */
void doctor_machine(struct doctor *d, env_list env);

#endif
