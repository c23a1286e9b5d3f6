// What a program on Node does for the same: the answer read whole, parsed, decoded, written.
import { writeFile } from "node:fs/promises";

const [base, kind, size, path] = process.argv.slice(2);
const headers = { "content-type": "application/json", authorization: "Bearer sk-or-bench" };
const post = async (where, body) =>
  (await fetch(base + where, { method: "POST", headers, body: JSON.stringify(body) })).json();
if (kind === "picture") {
  const answer = await post("/chat/completions", { messages: [{ role: "user", content: size }] });
  const url = answer.choices[0].message.images[0].image_url.url;
  await writeFile(path, Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
} else {
  const job = await post("/videos", { prompt: size });
  const video = await fetch(`${base}/videos/${job.id}/content?index=0`, { headers });
  await writeFile(path, Buffer.from(await video.arrayBuffer()));
}
