// OpenRouter's own SDK, whose schemas judge every answer. See tasks.mjs.
import { OpenRouter } from "@openrouter/sdk";
import { base, key, leaves, run, weather } from "./tasks.mjs";

// Its default is to try a 5xx again for an hour.
const retryConfig = { strategy: "backoff", retryConnectionErrors: false, backoff: {
  initialInterval: 100, maxInterval: 200, exponent: 1.5, maxElapsedTime: 3000 } };
const patient = new OpenRouter({ apiKey: key, serverURL: base, retryConfig });
const client = new OpenRouter({ apiKey: key, serverURL: base, retryConfig: { strategy: "none" } });
const send = (task, stream) => (task.patient ? patient : client).chat.send({ chatRequest: {
  model: task.model, messages: [{ role: "user", content: task.prompt }], stream,
  ...(task.tools && { tools: [{ type: "function", function: weather }] }) } });

run({
  async chat(seen, task) {
    const answer = await send(task, false);
    const { message, finishReason } = answer.choices[0];
    seen.text = message.content ?? "";
    seen.finish = finishReason;
    seen.tokens = answer.usage && [answer.usage.promptTokens, answer.usage.completionTokens];
    const call = message.toolCalls?.[0];
    if (call) seen.call = { name: call.function.name, arguments: JSON.parse(call.function.arguments) };
  },

  async stream(seen, task) {
    let call = null;
    for await (const chunk of await send(task, true)) {
      const choice = chunk.choices[0];
      seen.text += choice?.delta?.content ?? "";
      seen.finish = choice?.finishReason ?? seen.finish;
      if (chunk.usage) seen.tokens = [chunk.usage.promptTokens, chunk.usage.completionTokens];
      if (chunk.error) seen.told = { code: chunk.error.code, type: chunk.error.metadata?.errorType };
      for (const piece of choice?.delta?.toolCalls ?? []) {
        call ??= { name: piece.function.name, text: "" };
        call.text += piece.function.arguments ?? "";
      }
      if (leaves(seen, task)) break;
    }
    if (call) seen.call = { name: call.name, arguments: JSON.parse(call.text) };
  },

  async embed(seen, task) {
    const answer = await client.embeddings.generate({ requestBody: {
      model: task.model, input: ["a cat", "the rain"] } });
    seen.lengths = answer.data.map((one) => one.embedding.length);
    seen.tokens = [answer.usage.promptTokens, 0];
  },

  async models(seen) {
    seen.ids = [];
    for await (const page of await client.models.list()) {
      seen.ids.push(...page.result.data.map((one) => one.id));
    }
    seen.count = (await client.models.count()).data.count;
    seen.providers = (await client.providers.list()).data.map((one) => one.slug);
  },
});
