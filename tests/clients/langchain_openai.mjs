import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { runLangchain } from "./langchain.mjs";
import { base, key } from "./tasks.mjs";

const configuration = { baseURL: base };
runLangchain((model) => new ChatOpenAI({ model, apiKey: key, configuration, maxRetries: 2 }), {
  async embed(seen, task) {
    const client = new OpenAIEmbeddings({ model: task.model, apiKey: key, configuration });
    seen.lengths = (await client.embedDocuments(["a cat", "the rain"])).map((one) => one.length);
  },
});
