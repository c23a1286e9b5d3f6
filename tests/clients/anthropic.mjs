// The Anthropic SDK against a gateway: node anthropic.mjs http://127.0.0.1:8484 MODEL CASE…
// Prints {case: true | what was wrong}, one case for each thing an application does.
import Anthropic from "@anthropic-ai/sdk";
import { run } from "./cases.mjs";

const [baseURL, model, ...wanted] = process.argv.slice(2);
const client = new Anthropic({ baseURL, apiKey: "sk-client-0123456789", maxRetries: 0 });
const max_tokens = 4096;
const user = (content) => [{ role: "user", content }];
const weather = {
  name: "get_weather",
  description: "The weather in a city",
  input_schema: {
    type: "object",
    properties: { city: { type: "string", description: "name of the city" } },
    required: ["city"],
  },
};
const thinking = { type: "enabled", budget_tokens: 1024 };

const cases = {
  async create() {
    const answer = await client.messages.create({
      model, max_tokens, system: "Be brief.", messages: user("What is 12*7?") });
    return answer.type === "message" && answer.role === "assistant" && /^msg_/.test(answer.id) &&
      answer.content[0].type === "text" && answer.content[0].text.includes("84") &&
      answer.stop_reason === "end_turn" && answer.usage.input_tokens > 0 &&
      answer.usage.output_tokens > 0 && answer.usage.cost === 0;
  },

  async stream() {
    let text = "", pieces = 0;
    const stream = client.messages.stream({ model, max_tokens, messages: user("count to 30") });
    stream.on("text", (piece) => { text += piece; pieces++; });
    const answer = await stream.finalMessage();
    return pieces > 1 && text.includes("29") && answer.content[0].text === text &&
      answer.stop_reason === "end_turn" && answer.usage.output_tokens > 0 &&
      answer.usage.input_tokens > 0;
  },

  async tools() {
    const asked = user("What is the weather in Lima?");
    const first = await client.messages.stream({
      model, max_tokens, messages: asked, tools: [weather] }).finalMessage();
    const call = first.content.find((block) => block.type === "tool_use");
    if (first.stop_reason !== "tool_use" || !/lima/i.test(call.input.city)) return first;
    const second = await client.messages.create({ model, max_tokens, tools: [weather], messages: [
      ...asked, { role: "assistant", content: first.content },
      { role: "user", content: [
        { type: "tool_result", tool_use_id: call.id, content: "drizzle, 17 degrees" }] }] });
    return second.stop_reason === "end_turn" && second.content[0].text.includes("17") || second;
  },

  async beta() {
    const answer = await client.beta.messages.create({
      model, max_tokens, betas: ["interleaved-thinking-2025-05-14"], messages: user("What is 6*7?") });
    return answer.content[0].text.includes("42");
  },

  async count() {
    const count = await client.messages.countTokens({ model, messages: user("What is 12*7?") });
    return count.input_tokens > 4 && count.input_tokens < 20;
  },

  // Two turns with thinking and a tool: what the model thought must come back as it was.
  async thinking() {
    const messages = user("look");
    const first = await client.messages.stream({
      model, max_tokens, thinking, messages, tools: [weather] }).finalMessage();
    const kinds = first.content.map((block) => block.type).join();
    if (kinds !== "thinking,redacted_thinking,text,tool_use" || !first.content[0].signature) return first;
    messages.push({ role: "assistant", content: first.content }, { role: "user", content: [
      { type: "tool_result", tool_use_id: first.content[3].id, content: "sunny" }] });
    const second = await client.messages.create({ model, max_tokens, thinking, messages, tools: [weather] });
    messages.push({ role: "assistant", content: second.content }, ...user("and?"));
    const third = await client.messages.create({ model, max_tokens, thinking, messages, tools: [weather] });
    return second.content[0].thinking === "hm" && third.content.length > 0;
  },

  async refused() {
    try {
      await client.messages.create({ model, max_tokens, messages: user("x"),
        tools: [{ type: "web_search_20250305", name: "web_search" }] });
    } catch (error) {
      return error instanceof Anthropic.BadRequestError && error.type === "invalid_request_error" &&
        error.message.includes("tools[0]") || String(error);
    }
    return false;
  },

  async broken_stream() {
    const stream = client.messages.stream({ model, max_tokens, messages: user("break") });
    let text = "";
    stream.on("text", (piece) => { text += piece; });
    try {
      await stream.finalMessage();
    } catch (error) {
      return text === "half" && error instanceof Anthropic.APIError && error.type === "api_error" || String(error);
    }
    return false;
  },
};

await run(cases, wanted);
