/* The entries of engine_table: what each engine lacks, and its work. */
#ifndef CHELA_ENGINES_WORK_H
#define CHELA_ENGINES_WORK_H

#include "engines/task.h"

const char *scene_missing(void);
const char *motion_missing(void);
const char *hangul_missing(void);
const char *speech_missing(void);
const char *espeak_missing(void);
const char *ffmpeg_missing(void);
const char *transcribe_missing(void);
const char *embed_missing(void);

void scene_work(struct task *t);
void motion_work(struct task *t);
void speech_work(struct task *t);
void transcribe_work(struct task *t);
void embed_work(struct task *t);

#endif
