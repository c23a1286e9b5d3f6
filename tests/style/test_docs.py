"""The documentation says what is so: examples run, links lead somewhere, nothing is left out."""
import json
import re
import urllib.parse

import pytest

from support import examples, tree
from support.program import Home

PAGES = tree.files(".1", ".5", under=("docs",))
MARKDOWN = tree.files(".md")
BLOCKS = [block for path in [tree.ROOT / "README.md", *PAGES, *tree.files(".md", under=("docs",))]
          for block in examples.blocks(path)]
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000d4944415478da63fccff0"
    "bf1e00050001801f9cfb8b0000000049454e44ae426082")
COMMAND = re.compile(r'^const struct command \w+ = \{.*?\.path = "([^"]+)"', re.M | re.S)
OPTION = re.compile(r"""\{ "([\w-]+)", (?:0|'.'), OPTION_\w+, (?:NULL|"[^"]*"),\s*(NULL|")""")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
FENCED = re.compile(r"^```.*?^```", re.M | re.S)


@pytest.fixture
def reader(tmp_path, sandbox):
    """A reader's home: a configuration that leads to the sandbox, and some files of their own."""
    home = Home(tmp_path, config=sandbox.config(
        agents={"defaults": {"model": {"primary": "openrouter/auto"}}}), key="sk-or-v1-reader")
    home.write("key.txt", "sk-or-v1-0123456789abcdef\n", 0o600)
    home.write("README.md", "# A project\n\nIt adds two numbers.\n")
    for name in ("picture.png", "photo.png", "chart.png"):
        home.write(name, PICTURE)
    home.write("openclaw.json", "{\n  // mine\n  agents: { defaults: { model: 'openrouter/auto' } },\n}\n")
    home.write("request.json", {"model": "openrouter/auto", "messages": [
        {"role": "user", "content": "Say hello"}]})
    examples.prepare(home)
    return home


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block[0].place)
def test_examples_run(block, reader):
    running = []
    try:
        for example in block:
            wrong, process = examples.run(reader, example)
            running += [process] if process else []
            assert not wrong, wrong
    finally:
        for process in running:
            examples.stop(process)


def slugs(text):
    """The anchors of a Markdown file's headings, as forges make them."""
    names = re.findall(r"^#+ +(.+?) *$", FENCED.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") for name in names}


@pytest.mark.fast
@pytest.mark.parametrize("path", MARKDOWN, ids=tree.name)
def test_links_lead_somewhere(path):
    text = FENCED.sub("", tree.text(path))
    dead = []
    for link in LINK.findall(text):
        target = urllib.parse.unquote(link)
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = path.parent / file if file else path
        if not there.exists() or (anchor and anchor not in slugs(tree.text(there))):
            dead.append(link)
    assert not dead, dead


@pytest.mark.fast
@pytest.mark.parametrize("folder", sorted(p.name for p in (tree.ROOT / "src").iterdir()
                                          if any(p.glob("*.[ch]"))))
def test_architecture_knows_every_folder(folder):
    assert re.search(rf"(src/|\b){folder}/", tree.text(tree.ROOT / "ARCHITECTURE.md"))


def commands():
    return [(path, source) for file in sorted((tree.ROOT / "src" / "cli").glob("cmd_*.c"))
            for source in [tree.text(file)] for path in COMMAND.findall(source)]


@pytest.mark.fast
@pytest.mark.parametrize("path,source", commands(), ids=lambda value: value if len(value) < 40 else "")
def test_every_command_and_option_has_its_manual(path, source):
    page = tree.ROOT / "docs" / "man" / f"chela-{path.split()[0]}.1"
    assert page.exists(), f"chela {path} has no manual page {page.name}"
    text = tree.text(page)
    missing = [name for name, help_ in OPTION.findall(source)
               if help_ != "NULL" and not re.search(rf"\bFl (\w , )?-{name}\b", text)]
    assert not missing, f"{page.name} does not tell of {missing}"
    for word in path.split():
        assert word in text


@pytest.mark.fast
def test_manual_names_every_exit_code():
    header = tree.text(tree.ROOT / "include" / "chela_errors.h")
    codes = set(re.findall(r"^\s+X\(.*, (\d+)\)", header, re.M))
    page = tree.text(tree.ROOT / "docs" / "man" / "chela.1")
    assert len(codes) > 8 and all(re.search(rf"\b{code}\b", page) for code in codes)


EVERYTHING = {
    "models": {"providers": {"openrouter": {
        "baseUrl": "https://openrouter.ai/api/v1", "models": [],
        "headers": {"HTTP-Referer": "https://mine.example", "X-Mine": "1"},
        "params": {"provider": {"sort": "price"}}}}},
    "agents": {"defaults": {"params": {
        "responseCache": True, "responseCacheTtlSeconds": 0, "serviceTier": "priority",
        "store": True, "cacheRetention": "long", "temperature": 0, "parallel_tool_calls": False,
        "extra_body": {"store": True, "lab": 1}, "chat_template_kwargs": {"a": 1}}}},
}
CONVERSATION = [
    {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
    {"role": "assistant", "content": [{"type": "text", "text": "x", "thought_signature": "no!"}]},
    {"role": "user", "content": "Go on"}, {"role": "assistant", "content": "{"}]
MODELS = ("openrouter/auto", "openrouter/hunter-alpha", "anthropic/claude-sonnet-4.6",
          "deepseek/deepseek-v4-pro", "google/gemini-3.1-pro-preview", "openai/gpt-5.4")


def test_every_place_that_explain_names_is_there(tmp_path):
    known = slugs(tree.text(tree.ROOT / "docs" / "rules.md"))
    named = {}
    for base in ("https://openrouter.ai/api/v1", "https://proxy.example/v1"):
        config = json.loads(json.dumps(EVERYTHING))
        config["models"]["providers"]["openrouter"]["baseUrl"] = base
        home = Home(tmp_path / base.split("/")[2], config=config, key="sk-or-v1-reader")
        for model in MODELS:
            home.write("body.json", {"model": model, "stream": True, "store": True,
                                     "reasoning": {"effort": "high"}, "messages": CONVERSATION})
            wanted = model if model.startswith("openrouter/") else "openrouter/" + model
            lines = [["--request", "body.json"],
                     ["--model", wanted, "--prompt", "Hi", "--thinking", "off"]]
            for line in lines:
                result = home.run("explain", "--json", "infer", "model", "run", *line)
                assert result.code == 0, str(result)
                for anchor in re.findall(r"docs/rules\.md#([\w-]+)", result.out):
                    named[anchor] = result
    assert len(named) >= 6, f"explain names too few rules: {sorted(named)}"
    assert set(named) <= known, f"docs/rules.md has no {sorted(set(named) - known)}"


@pytest.mark.fast
def test_every_rule_in_the_source_has_its_heading():
    known = slugs(tree.text(tree.ROOT / "docs" / "rules.md"))
    named = {anchor for path in tree.files(".c", ".h", under=("src",))
             for anchor in re.findall(r'docs/rules\.md#([\w-]+)"', COMMENT.sub("", tree.text(path)))}
    assert named <= known, f"docs/rules.md has no {sorted(named - known)}"
