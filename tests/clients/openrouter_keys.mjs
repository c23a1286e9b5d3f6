// OpenRouter's own SDK and the keys of a gateway: node openrouter_keys.mjs BASE MANAGEMENT_KEY CLIENT_KEY
// Its schemas judge every answer. Prints what it saw.
import { OpenRouter } from "@openrouter/sdk";

const [base, management, inference] = process.argv.slice(2);
const open = (apiKey) => new OpenRouter({ apiKey, serverURL: base, retryConfig: { strategy: "none" } });
const owner = open(management);
const client = open(inference);
const seen = {};

const failure = async (promise) => {
  try {
    await promise;
    return null;
  } catch (error) {
    return { name: error.constructor.name, status: error.statusCode };
  }
};

const made = await owner.apiKeys.create({ requestBody: {
  name: "made by the SDK", limit: 2.5, limitReset: "weekly", expiresAt: new Date("2099-12-31T00:00:00Z") } });
seen.made = { name: made.data.name, limit: made.data.limit, reset: made.data.limitReset,
  expires: made.data.expiresAt.toISOString(), key: made.key };
const hash = made.data.hash;
seen.works = (await open(made.key).chat.send({ chatRequest: { model: "fake/bench", stream: false,
  messages: [{ role: "user", content: "Hi" }] } })).choices[0].message.content;
seen.listed = (await owner.apiKeys.list()).data.map((one) => one.name);
const changed = await owner.apiKeys.update({ hash, requestBody: { name: "renamed", disabled: true, limit: null } });
seen.changed = [changed.data.name, changed.data.disabled, changed.data.limit];
seen.disabled = await failure(open(made.key).apiKeys.getCurrentKeyMetadata());
seen.shown = (await owner.apiKeys.get({ hash })).data.name;
seen.hidden = (await owner.apiKeys.list()).data.map((one) => one.name);
seen.deleted = (await owner.apiKeys.delete({ hash })).deleted;
seen.gone = await failure(owner.apiKeys.get({ hash }));

const answer = await client.chat.send({ chatRequest: { model: "fake/bench", stream: false,
  messages: [{ role: "user", content: "Hi" }] } });
const generation = (await client.generations.getGeneration({ id: answer.id })).data;
seen.generation = { id: generation.id === answer.id, cost: generation.totalCost,
  tokens: [generation.nativeTokensPrompt, generation.nativeTokensCompletion], provider: generation.providerName };
const current = (await client.apiKeys.getCurrentKeyMetadata()).data;
seen.current = { label: current.label, limit: current.limit, usage: current.usage, management: current.isManagementKey };
seen.credits = (await owner.credits.getCredits()).data.totalUsage;
seen.activity = (await owner.analytics.getUserActivity({ date: new Date().toISOString().slice(0, 10) })).data
  .map((one) => [one.model, one.requests]);
seen.refused = await failure(client.apiKeys.list());
console.log(JSON.stringify(seen));
