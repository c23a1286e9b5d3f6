/* A session as text: Markdown for people, JSON and JSON Lines for programs. */
#ifndef CHELA_AGENT_TRANSCRIPT_H
#define CHELA_AGENT_TRANSCRIPT_H

#include "agent/session.h"

/* A heading for each turn's question and each answer; tool calls and their results as quotes,
 * pictures by a word. Reasoning is left out. */
void transcript_markdown(struct buf *out, const struct session_message *m, size_t count);
/* {"session","messages":[{"turn","round","atMs","model","state","message"}]}, where message is the
 * object that goes to a model, byte for byte. */
void transcript_json(struct buf *out, str id, const struct session_message *m, size_t count);
/* The same objects with their session, a line each. */
void transcript_jsonl(struct buf *out, str id, const struct session_message *m, size_t count);

#endif
