// The openai SDK against a base URL: node openai.mjs http://127.0.0.1:8484/api/v1 [CASE…]
// Prints {case: true | what was wrong}, one case for each thing an application does.
import { File } from "node:buffer";
import OpenAI, { toFile } from "openai";
import { weather as weatherFunction } from "./tasks.mjs";

globalThis.File ??= File; // Node 18
const client = new OpenAI({ baseURL: process.argv[2], apiKey: "sk-or-v1-sandbox", maxRetries: 0 });
const wanted = process.argv.slice(3); // none: every case
const model = "openrouter/auto";
// what an application asks for; LOCAL_MODELS: what `chela gateway --local` calls its own
const [draws, speaks, hears, hashes] = process.env.LOCAL_MODELS
  ? ["local/scene", "local/flite-slt", "local/pocketsphinx-en", "local/hash-256"]
  : ["gpt-image-1", "tts-1", "whisper-1", "text-embedding-3-small"];
const user = (content) => [{ role: "user", content }];
const weather = { type: "function", function: weatherFunction };

const cases = {
  async chat() {
    const answer = await client.chat.completions.create({ model, messages: user("What is 12*7?") });
    const choice = answer.choices[0];
    return answer.object === "chat.completion" && choice.finish_reason === "stop" &&
      choice.message.role === "assistant" && choice.message.content.includes("84") &&
      answer.usage.total_tokens === answer.usage.prompt_tokens + answer.usage.completion_tokens;
  },

  async stream() {
    const stream = await client.chat.completions.create({
      model, messages: user("What is 12*7?"), stream: true });
    let text = "", pieces = 0, finish = null;
    for await (const chunk of stream) {
      const choice = chunk.choices[0];
      if (choice?.delta?.content) { text += choice.delta.content; pieces++; }
      finish = choice?.finish_reason ?? finish;
    }
    return text.includes("84") && pieces > 1 && finish === "stop";
  },

  async completion() {
    const asked = { model, prompt: "What is 12*7?" };
    const whole = await client.completions.create(asked);
    let text = "", finish = null;
    for await (const chunk of await client.completions.create({ ...asked, stream: true })) {
      text += chunk.choices[0]?.text ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
    }
    return whole.choices[0].text === text && text.includes("84") && finish === "stop";
  },

  async usage() {
    const stream = await client.chat.completions.create({
      model, messages: user("What is 12*7?"), stream: true, stream_options: { include_usage: true } });
    let usage = null;
    for await (const chunk of stream) usage = chunk.usage ?? usage;
    return usage?.completion_tokens > 0 && usage.prompt_tokens > 0;
  },

  async tools() {
    const stream = client.chat.completions.stream({
      model, messages: user("What is the weather in Lima?"), tools: [weather] });
    const answer = await stream.finalChatCompletion();
    const call = answer.choices[0].message.tool_calls?.[0];
    return answer.choices[0].finish_reason === "tool_calls" && call.type === "function" &&
      call.function.name === "get_weather" && /lima/i.test(JSON.parse(call.function.arguments).city);
  },

  async tool_result() {
    const asked = user("What is the weather in Lima?");
    const first = await client.chat.completions.create({ model, messages: asked, tools: [weather] });
    const message = first.choices[0].message;
    const second = await client.chat.completions.create({ model, tools: [weather], messages: [
      ...asked, message,
      { role: "tool", tool_call_id: message.tool_calls[0].id, content: "drizzle, 17 degrees" }] });
    const choice = second.choices[0];
    return choice.finish_reason === "stop" && choice.message.content.includes("17");
  },

  async json_schema() {
    const answer = await client.chat.completions.create({
      model, messages: user("Lima has 10 million people. Give the city and the number of people."),
      response_format: { type: "json_schema", json_schema: { name: "city", strict: true, schema: {
        type: "object", additionalProperties: false, required: ["city", "people"],
        properties: { city: { type: "string" }, people: { type: "integer" } } } } } });
    const value = JSON.parse(answer.choices[0].message.content);
    return typeof value.city === "string" && Number.isInteger(value.people) &&
      Object.keys(value).length === 2;
  },

  async models() {
    const ids = [];
    for await (const one of client.models.list()) ids.push(one.id);
    return ids.includes("sandbox/agent");
  },

  async image() {
    const answer = await client.images.generate({ model: draws, prompt: "a red crab", size: "512x512", n: 2 });
    const pictures = answer.data.map((one) => Buffer.from(one.b64_json, "base64"));
    return pictures.length === 2 && pictures.every((png) => png.readUInt32BE(16) === 512 && png.length > 2000);
  },

  async image_edit() {
    const first = await client.images.generate({ model: draws, prompt: "a red crab", size: "256x256" });
    const file = await toFile(Buffer.from(first.data[0].b64_json, "base64"), "crab.png", { type: "image/png" });
    const answer = await client.images.edit({ model: draws, image: file, prompt: "at night" });
    return Buffer.from(answer.data[0].b64_json, "base64").subarray(1, 4).toString() === "PNG";
  },

  async speech_and_transcription() {
    const speech = await client.audio.speech.create({ model: speaks, voice: "onyx", response_format: "wav",
      input: "Please open the window and close the door." });
    const wav = Buffer.from(await speech.arrayBuffer());
    const heard = await client.audio.transcriptions.create({ model: hears, file: await toFile(wav, "speech.wav") });
    return wav.subarray(0, 4).toString() === "RIFF" && heard.text.includes("window");
  },

  async embeddings() {
    const answer = await client.embeddings.create({ model: hashes, input: [
      "a cat on a sofa", "the cat is on the sofa", "heavy rain"] });
    const [cat, cats, rain] = answer.data.map((one) => one.embedding);
    const near = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
    return cat.length === 256 && near(cat, cats) > near(cat, rain) + 0.1;
  },

  async error() {
    try {
      await client.chat.completions.create({ model, messages: [] });
    } catch (error) {
      return error instanceof OpenAI.APIError && error.status === 400 && error.message.length > 4;
    }
    return false;
  },
};

const found = {};
for (const [name, one] of Object.entries(cases)) {
  if (wanted.length && !wanted.includes(name)) continue;
  try {
    found[name] = (await one()) || "not as expected";
  } catch (error) {
    found[name] = String(error.stack ?? error);
  }
}
console.log(JSON.stringify(found, null, 2));
