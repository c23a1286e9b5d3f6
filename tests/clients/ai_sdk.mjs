// Vercel's `ai` with OpenRouter's provider for it. See tasks.mjs.
import { createOpenRouter } from "@openrouter/ai-sdk-provider";
import { embedMany, generateText, jsonSchema, streamText, tool } from "ai";
import { base, key, leaves, run, weather } from "./tasks.mjs";

const openrouter = createOpenRouter({ apiKey: key, baseURL: base });
const request = (task) => ({ model: openrouter(task.model), prompt: task.prompt, maxRetries: 2,
  ...(task.tools && { tools: { [weather.name]: tool({ description: weather.description,
    inputSchema: jsonSchema(weather.parameters) }) } }) });

run({
  async chat(seen, task) {
    const answer = await generateText(request(task));
    seen.text = answer.text;
    seen.finish = answer.finishReason;
    seen.tokens = [answer.usage.inputTokens, answer.usage.outputTokens];
    const call = answer.toolCalls[0];
    if (call) seen.call = { name: call.toolName, arguments: call.input };
  },

  async stream(seen, task) {
    const leaving = new AbortController();
    const stream = streamText({ ...request(task), abortSignal: leaving.signal, onError() {} });
    for await (const part of stream.fullStream) {
      if (part.type === "text-delta") seen.text += part.text;
      if (part.type === "tool-call") seen.call = { name: part.toolName, arguments: part.input };
      if (part.type === "error") throw part.error instanceof Error ? part.error : new Error(
        part.error.message ?? JSON.stringify(part.error));
      if (part.type === "finish") {
        seen.finish = part.finishReason;
        seen.tokens = [part.totalUsage.inputTokens, part.totalUsage.outputTokens];
      }
      if (leaves(seen, task)) {
        leaving.abort();
        break;
      }
    }
  },

  async embed(seen, task) {
    const answer = await embedMany({ model: openrouter.textEmbeddingModel(task.model),
      values: ["a cat", "the rain"] });
    seen.lengths = answer.embeddings.map((one) => one.length);
    seen.tokens = [answer.usage.tokens, 0];
  },
});
