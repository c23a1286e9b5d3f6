// The openai SDK and a response cache: node openai_cache.mjs http://127.0.0.1:8484/api/v1
// The headers come from defaultHeaders, as an application would set them. Prints what each of four
// answers was: a document twice, a stream twice.
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: process.argv[2], apiKey: "sk-or-v1-anybody", maxRetries: 0,
  defaultHeaders: { "X-OpenRouter-Cache": "true", "X-OpenRouter-Cache-TTL": "60" },
});
const asked = { model: "fake/bench", messages: [{ role: "user", content: "Hi" }] };
const found = [];

for (let i = 0; i < 2; i++) {
  const { data, response } = await client.chat.completions.create(asked).withResponse();
  found.push({ status: response.headers.get("x-openrouter-cache-status"), id: data.id,
    text: data.choices[0].message.content, tokens: data.usage.total_tokens });
}
for (let i = 0; i < 2; i++) {
  const { data, response } = await client.chat.completions
    .create({ ...asked, stream: true }).withResponse();
  const row = { status: response.headers.get("x-openrouter-cache-status"), text: "" };
  for await (const chunk of data) {
    row.id = chunk.id;
    row.text += chunk.choices[0]?.delta?.content ?? "";
    row.tokens = chunk.usage?.total_tokens ?? row.tokens;
  }
  found.push(row);
}
console.log(JSON.stringify(found));
