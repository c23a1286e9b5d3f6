// The openai SDK, and its stream helper, which is stricter. See tasks.mjs.
import OpenAI from "openai";
import { base, key, leaves, run, weather } from "./tasks.mjs";

const client = new OpenAI({ baseURL: base, apiKey: key });
const tools = [{ type: "function", function: weather }];
const body = (task) => ({ model: task.model, messages: [{ role: "user", content: task.prompt }],
  ...(task.tools && { tools }) });

function note(seen, { finish_reason, message }, usage) {
  seen.text = message.content ?? "";
  seen.finish = finish_reason;
  seen.tokens = usage && [usage.prompt_tokens, usage.completion_tokens];
  const call = message.tool_calls?.[0];
  if (call) seen.call = { name: call.function.name, arguments: JSON.parse(call.function.arguments) };
}

run({
  async chat(seen, task) {
    const answer = await client.chat.completions.create(body(task));
    note(seen, answer.choices[0], answer.usage);
  },

  async stream(seen, task) {
    let call = null;
    for await (const chunk of await client.chat.completions.create({ ...body(task), stream: true })) {
      const choice = chunk.choices[0];
      seen.text += choice?.delta?.content ?? "";
      seen.finish = choice?.finish_reason ?? seen.finish;
      if (chunk.usage) seen.tokens = [chunk.usage.prompt_tokens, chunk.usage.completion_tokens];
      for (const piece of choice?.delta?.tool_calls ?? []) {
        call ??= { name: piece.function.name, text: "" };
        call.text += piece.function.arguments ?? "";
      }
      if (leaves(seen, task)) break;
    }
    if (call) seen.call = { name: call.name, arguments: JSON.parse(call.text) };
  },

  async helper(seen, task) {
    const stream = client.chat.completions.stream(body(task));
    stream.on("content", (delta) => { seen.text += delta; });
    const answer = await stream.finalChatCompletion();
    note(seen, answer.choices[0], answer.usage);
  },

  async embed(seen, task) {
    const answer = await client.embeddings.create({ model: task.model, input: ["a cat", "the rain"] });
    seen.lengths = answer.data.map((one) => one.embedding.length);
    seen.tokens = [answer.usage.prompt_tokens, 0];
  },

  async models(seen) {
    seen.ids = [];
    for await (const one of client.models.list()) seen.ids.push(one.id);
  },
});
