"""Goldens: a configuration, command lines, an upstream's replies - and the requests that must be
sent. README.md says what stands in a golden; support/compare.py how requests are compared."""
import base64
import json
import re
import shlex
from pathlib import Path

import pytest

from support import compare
from support.program import Home

HERE = Path(__file__).parent
GOLDENS = sorted((HERE / "goldens").glob("*.json"))
REPLIES = json.loads((HERE / "replies.json").read_text())
USUAL = [{"on": "GET /models$", "replies": ["catalogue"]},
         {"on": "POST /chat/completions$", "replies": ["hello"]}]
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg"
    "==")
KNOWN = {"rule", "run", "config", "env", "files", "profile", "replies", "exit", "output", "compare",
         "tries", "sends"}


def rules_of(golden):
    rules = golden.get("replies", USUAL)
    return [dict(rule, replies=[REPLIES[reply] if isinstance(reply, str) else reply
                                for reply in rule["replies"]]) for rule in rules]


def home_of(golden, folder, fill):
    config = golden.get("config")
    text = config if isinstance(config, str) else json.dumps(config, indent=2)
    home = Home(folder, config=None if config is None else fill(text), env=golden.get("env"))
    if "profile" in golden:
        profile = dict(golden["profile"])
        home.store_key(profile.pop("key", None), **profile)
    for name in ("in.png", "a.png", "b.png", "c.png", "d.png", "e.png", "f.png"):
        home.write(name, PICTURE)
    for name, content in golden.get("files", {}).items():
        home.write(name, content)
    return home


def envelope(result, expected, folder):
    """With --json stdout is one document: an answer that is there, or an error that says why."""
    try:
        document = result.json
    except ValueError:
        return [f"stdout is not one JSON document: {result.out[:120]!r}"]
    if result.code != 0:
        error = document.get("error") or {}
        fine = document.get("ok") is False and error.get("code") and error.get("message")
        return [] if fine else [f"a failure without ok: false and an error: {compare.show(document)}"]
    lines = []
    if document.get("ok") is not True or not document.get("outputs"):
        lines.append(f"a success without ok and outputs: {compare.show(document)}")
    for output in document.get("outputs") or []:
        path = output.get("path")
        if path and not ((folder / path).is_file() and (folder / path).stat().st_size):
            lines.append(f"output {path} is not there")
        if not path and not output.get("text"):
            lines.append(f"an output with neither text nor path: {compare.show(output)}")
    return lines


def exit_differs(expected, code):
    if expected == "any":
        return False
    if expected == "fails":
        return code in (0, 70)  # 70: a mistake in chela, which no golden expects
    return code != (0 if expected == "ok" else expected)


@pytest.mark.parametrize("path", GOLDENS, ids=lambda path: path.stem)
def test_golden(path, lab, tmp_path):
    golden = json.loads(path.read_text())
    assert set(golden) <= KNOWN, "a key that nothing reads"
    fill = lambda text: text.replace("PLAIN", lab.plain_host).replace("FOLDER", str(tmp_path))
    home = home_of(golden, tmp_path, fill)
    upstream = lab.serve(rules_of(golden), HERE)
    lines, output = [], ""
    for index, command in enumerate(golden["run"]):
        result = home.run(*shlex.split(fill(command)), env=lab.env)
        output += result.out + result.err
        expected = golden.get("exit", [])[index:index + 1] or ["ok"]
        if exit_differs(expected[0], result.code):
            lines.append(f"expected exit {expected[0]}\n{result}")
        if "--json" in command:
            lines += envelope(result, expected[0], tmp_path)
    lines += [f"{pattern!r} is not in the output:\n{output[-2000:]}"
              for pattern in golden.get("output", []) if not re.search(pattern, output, re.S)]
    if any(want.get("key") and want["key"] in output for want in golden["sends"]):
        lines.append("the key is in the output")
    lines += [f"at the proxy: {line}" for line in lab.strangers]
    if golden.get("tries", len(upstream.asked)) != len(upstream.asked):
        lines.append(f"expected {golden['tries']} tries, saw {len(upstream.asked)}")
    home_name = lambda got: got.origin.replace(lab.plain_host, "PLAIN")
    agent = golden["run"][0].startswith("agent ")
    lines += compare.requests(golden["sends"], upstream.asked, golden.get("compare", "all"), agent,
                              home_name)
    assert not lines, golden["rule"] + "\n  " + "\n  ".join(lines)
