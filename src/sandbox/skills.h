/* Inside sandbox/agent: what the skills share. One file a skill; agent.c orders them. */
#ifndef CHELA_SANDBOX_SKILLS_H
#define CHELA_SANDBOX_SKILLS_H

#include "base/buf.h"
#include "sandbox/agent.h"
#include "sandbox/words.h"

enum {
    PROMPT_MAX = 32 << 10, /* bytes of the last message that rules look at */
    ANSWER_MAX = 1 << 20,  /* bytes of an answer */
};

struct agent_turn {
    const struct agent_request *r;
    const struct agent_message *asked; /* the last user message, else the last message */
    size_t asked_index;
    str prompt; /* its text, trimmed, at most PROMPT_MAX bytes */
    struct words words;
    bool korean;
    struct buf *out; /* where a skill writes its answer */
    /* What a calculation gave, for tools and schemas: "84" of "12*7"; "" when there was none. */
    str number, expression;
};

/* True: the skill knew an answer and wrote it to t->out. False: nothing was written. */
bool skill_repeat(struct agent_turn *t);    /* tricks.c: say X, repeat X */
bool skill_memory(struct agent_turn *t);    /* memory.c */
bool skill_math(struct agent_turn *t);      /* math.c; fills t->number */
bool skill_tricks(struct agent_turn *t);    /* count, reverse, letters, lists */
bool skill_clock(struct agent_turn *t);     /* clock.c */
bool skill_summary(struct agent_turn *t);   /* asked for in words */
bool skill_long_text(struct agent_turn *t); /* a long text without a question */
bool skill_intent(struct agent_turn *t);    /* intents.c */
bool skill_small_talk(struct agent_turn *t);
bool skill_note(struct agent_turn *t); /* memory.c: "my name is …" is acknowledged */
void skill_honest(struct agent_turn *t);
/* The bytes of the first sentence of s, its end mark included (summary.c). */
size_t text_sentence(str s);
/* "I received 2 pictures: …"; false when there is nothing attached. */
bool skill_attachments(struct agent_turn *t);

/* One of n phrasings: the first without a seed, else the seed's choice for this place. */
size_t turn_variant(const struct agent_turn *t, unsigned place, size_t n);
/* The Korean text to a Korean prompt, else the English one. */
void turn_say(struct agent_turn *t, const char *english, const char *korean);

/* ---- tools (tools.c) ---- */
/* Decides whether to call. True: *calls is an array in the arena, *count ≥ 1. False and t->out not
 * empty: a tool fits but the prompt lacks an argument, and the text asks for it. */
bool tools_call(struct agent_turn *t, struct agent_call **calls, size_t *count);
/* The last messages are results of calls: writes an answer that uses them. */
bool tools_finish(struct agent_turn *t);

/* ---- dates (clock.c): reentrant, which the C library is not ---- */
struct civil {
    int64_t year;
    unsigned month, day, hour, minute, second, weekday; /* weekday 0: Sunday */
};
struct civil civil_of(int64_t unix_s);

#endif
