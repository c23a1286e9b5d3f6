// The Responses API with the openai SDK, and OpenRouter's own, whose schemas are strict:
// node responses.mjs http://127.0.0.1:8484/api/v1 MODEL CASE…
// Prints {case: true | what was wrong}, one case for each thing an application does.
import { OpenRouter } from "@openrouter/sdk";
import OpenAI from "openai";
import { run } from "./cases.mjs";

const [baseURL, model, ...wanted] = process.argv.slice(2);
const apiKey = "sk-client-0123456789";
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const strict = new OpenRouter({ serverURL: baseURL, apiKey, retryConfig: { strategy: "none" } });
const weather = {
  type: "function",
  name: "get_weather",
  description: "The weather in a city",
  strict: true,
  parameters: {
    type: "object", additionalProperties: false, required: ["city"],
    properties: { city: { type: "string", description: "name of the city" } },
  },
};
const kinds = (response) => response.output.map((item) => item.type).join();

const cases = {
  async create() {
    const answer = await client.responses.create({
      model, instructions: "Be brief.", input: "What is 12*7?", metadata: { a: "b" }, store: false });
    return answer.object === "response" && answer.status === "completed" && answer.metadata.a === "b" &&
      answer.output_text.includes("84") && answer.instructions === "Be brief." &&
      answer.usage.total_tokens === answer.usage.input_tokens + answer.usage.output_tokens &&
      answer.usage.cost === 0;
  },

  async stream() {
    const stream = await client.responses.create({ model, input: "count to 30", stream: true });
    const ids = new Set();
    let text = "", number = 0, last;
    for await (const event of stream) {
      if (event.sequence_number !== number++) return `number ${event.sequence_number}`;
      if (event.type === "response.output_text.delta") { text += event.delta; ids.add(event.item_id); }
      last = event;
    }
    return last.type === "response.completed" && ids.size === 1 && last.response.output[0].id === [...ids][0] &&
      last.response.output[0].content[0].text === text && text.includes("29") && last.response.usage.output_tokens > 0;
  },

  async tools() {
    const input = [{ role: "user", content: "What is the weather in Lima?" }];
    const first = await client.responses.stream({ model, input, tools: [weather] }).finalResponse();
    const call = first.output.find((item) => item.type === "function_call");
    if (!/lima/i.test(JSON.parse(call.arguments).city)) return first;
    input.push(...first.output, { type: "function_call_output", call_id: call.call_id, output: "drizzle, 17 degrees" });
    const second = await client.responses.create({ model, input, tools: [weather] });
    return second.output_text.includes("17") || second;
  },

  async json_schema() {
    const answer = await client.responses.create({
      model, input: "Lima has 10 million people. Give the city and the number of people.",
      text: { format: { type: "json_schema", name: "city", strict: true, schema: {
        type: "object", additionalProperties: false, required: ["city", "people"],
        properties: { city: { type: "string" }, people: { type: "integer" } } } } } });
    const value = JSON.parse(answer.output_text);
    return typeof value.city === "string" && Number.isInteger(value.people);
  },

  async strict_create() {
    const answer = await strict.beta.responses.send({ responsesRequest: { model, input: "What is 12*7?" } });
    return answer.status === "completed" && answer.output[0].content[0].text.includes("84") &&
      answer.usage.cost === 0;
  },

  async strict_stream() {
    const stream = await strict.beta.responses.send({
      responsesRequest: { model, input: "What is the weather in Lima?", stream: true, tools: [weather] } });
    const types = [];
    for await (const event of stream) types.push(event.type);
    return types[0] === "response.created" && types.at(-1) === "response.completed" &&
      types.includes("response.function_call_arguments.done") || types;
  },

  // Two turns with reasoning and tools: what the model thought must come back as it was.
  async reasoning() {
    const tools = [weather, { type: "custom", name: "patch", description: "Change a file" }];
    const input = [{ role: "user", content: "look" }];
    const first = await client.responses.stream({ model, input, tools }).finalResponse();
    if (kinds(first) !== "reasoning,reasoning,message,function_call,custom_tool_call") return first;
    if (first.output[0].content[0].text !== "hm" || first.output[4].input !== "a\nb") return first;
    input.push(...first.output,
      { type: "function_call_output", call_id: first.output[3].call_id, output: "sunny" },
      { type: "custom_tool_call_output", call_id: first.output[4].call_id, output: "done" });
    const second = await client.responses.create({ model, input, tools });
    return second.output_text === "It is sunny." || second;
  },

  async refused() {
    try {
      await client.responses.create({ model, input: "x", previous_response_id: "resp_1" });
    } catch (error) {
      return error instanceof OpenAI.BadRequestError && error.message.includes("previous_response_id") || String(error);
    }
    return false;
  },

  async broken_stream() {
    const stream = await client.responses.create({ model, input: "break", stream: true });
    let last;
    for await (const event of stream) last = event;
    return last.type === "response.failed" && last.response.error.code === "server_error" &&
      last.response.output[0].content[0].text === "half" && last.response.output[0].status === "incomplete" || last;
  },
};

await run(cases, wanted);
