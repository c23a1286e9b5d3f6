// What the clients beside this file share: node CLIENT.mjs BASE_URL '[{"name", "does", "model", …}, …]'
// does the tasks all at once and prints {name: outcome}. A client is an object of functions, by what a
// task does; each writes what it sees into its outcome, so that a failure leaves what came before it:
// {text, finish, call: {name, arguments}, tokens, error: {name, status, message}, left_at}.
export const [base, list] = process.argv.slice(2);
export const key = "sk-or-v1-client";

export const weather = {
  name: "get_weather",
  description: "The weather in a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string", description: "name of the city" } },
    required: ["city"],
  },
};

// A task may leave a stream in its middle: true after the first text. Says when.
export function leaves(seen, task) {
  if (!task.leave || !seen.text) return false;
  seen.left_at = Date.now() / 1000;
  return true;
}

export async function run(client) {
  const found = {};
  await Promise.all(JSON.parse(list).map(async (task) => {
    const seen = { text: "" };
    try {
      await client[task.does](seen, { prompt: "What is 12*7?", ...task });
    } catch (error) {
      seen.error = { name: error.constructor.name, status: error.status ?? error.statusCode ?? null,
        message: error.message };
    }
    found[task.name] = seen;
  }));
  process.stdout.write(JSON.stringify(found), () => process.exit());
}
