// Runs the wanted cases (none named: all) and prints {case: true | what was wrong}.
export async function run(cases, wanted) {
  const found = {};
  for (const [name, one] of Object.entries(cases)) {
    if (wanted.length && !wanted.includes(name)) continue;
    try {
      const outcome = await one();
      found[name] = outcome === true || JSON.stringify(outcome) || "not as expected";
    } catch (error) {
      found[name] = String(error.stack ?? error);
    }
  }
  console.log(JSON.stringify(found, null, 2));
}
