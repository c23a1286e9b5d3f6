// What LangChain's two clients share. See tasks.mjs.
import { leaves, run, weather } from "./tasks.mjs";

function note(seen, message) {
  seen.text = typeof message.content === "string" ? message.content : JSON.stringify(message.content);
  seen.finish = message.response_metadata.finish_reason;
  const usage = message.usage_metadata;
  seen.tokens = usage && [usage.input_tokens, usage.output_tokens];
  const call = message.tool_calls?.[0];
  if (call) seen.call = { name: call.name, arguments: call.args };
}

// make(model, options) → a chat model
export function runLangchain(make, more = {}) {
  const model = (task) => {
    const plain = make(task.model);
    return task.tools ? plain.bindTools([{ type: "function", function: weather }]) : plain;
  };
  run({
    async chat(seen, task) {
      note(seen, await model(task).invoke(task.prompt));
    },

    async stream(seen, task) {
      let whole = null;
      const leaving = new AbortController();
      for await (const chunk of await model(task).stream(task.prompt, { signal: leaving.signal })) {
        seen.text += chunk.content;
        whole = whole ? whole.concat(chunk) : chunk;
        if (leaves(seen, task)) {
          leaving.abort();
          return;
        }
      }
      note(seen, whole);
    },
    ...more,
  });
}
