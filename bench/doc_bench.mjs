// The same round in Node: parse, three edits, write. Arguments as doc_bench: run FILE, edit FILE.
import { readFileSync } from "node:fs";

const [mode, file] = process.argv.slice(2);
const bytes = readFileSync(file);

function roundTrip() {
  const request = JSON.parse(bytes.toString("utf8"));
  request.reasoning = { effort: "high" };
  request.messages[0].content[0].cache_control = { type: "ephemeral" };
  delete request.store;
  return Buffer.from(JSON.stringify(request), "utf8");
}

if (mode === "edit") {
  process.stdout.write(roundTrip());
} else {
  const batch = 1 + Math.floor(400000 / (bytes.length + 1000));
  const started = performance.now();
  let best = Infinity;
  let sink = 0;
  while (performance.now() - started < 500) {
    const from = performance.now();
    for (let i = 0; i < batch; i++) sink += roundTrip().length;
    best = Math.min(best, ((performance.now() - from) * 1000) / batch);
  }
  if (!sink) process.exit(1);
  console.log(best.toFixed(3));
}
