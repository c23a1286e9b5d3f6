import { ChatOpenRouter } from "@langchain/openrouter";
import { runLangchain } from "./langchain.mjs";
import { base, key } from "./tasks.mjs";

runLangchain((model) => new ChatOpenRouter({ model, apiKey: key, baseURL: base, maxRetries: 2 }));
