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
COMMAND = re.compile(r"^const struct command \w+ = \{.*?^\};", re.M | re.S)
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


def member(entry, name):
    """The text of a string member of a designated initialiser."""
    strings = re.search(rf"\.{name} = " + r'((?:\s*"(?:\\.|[^"\\])*")+)', entry)[1]
    return "".join(re.findall(r'"((?:\\.|[^"\\])*)"', strings))


def commands():
    """(path, summary, source of its file) of each command that is shown."""
    return [(member(entry, "path"), member(entry, "summary"), source)
            for file in sorted((tree.ROOT / "src" / "cli").glob("cmd_*.c"))
            for source in [tree.text(file)] for entry in COMMAND.findall(source)
            if ".hidden = true" not in entry]


COMMANDS = commands()


@pytest.mark.fast
@pytest.mark.parametrize("path,source", [(path, source) for path, _, source in COMMANDS],
                         ids=lambda value: value if len(value) < 40 else "")
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
def test_manual_lists_every_command():
    """As chela --help does, in the words of the table."""
    page = tree.text(tree.ROOT / "docs" / "man" / "chela.1")
    listed = {path: " ".join(text.split()) for path, text in
              re.findall(r"^\.It Cm (.+)\n((?:[^.].*\n)+)", page.split(".Sh ENVIRONMENT")[0], re.M)}
    for path, summary, _ in COMMANDS:
        assert path in listed, f"chela.1 does not list {path}: .It Cm {path}, and its summary"
        assert listed[path] == f"{summary}.", f"chela.1 says of {path}: {listed[path]}"
    assert set(listed) == {path for path, *_ in COMMANDS}


def offered(script, path):
    """The options that a line of the bash script's tables gives to a command."""
    entry = re.search(rf"^    '{path}'\)\n +options=\(\n(.*?)^ +\)$", script, re.M | re.S)
    return set(re.findall(r"'(--[\w-]+)", entry[1])) if entry else set()


def test_completion_has_every_command_and_option(tmp_path):
    home = Home(tmp_path)
    scripts = {shell: home.run("completion", shell).out for shell in ("bash", "zsh", "fish")}
    for path, *_ in COMMANDS:
        shown = home.run(*path.split(), "--help").out.split("\noptions:\n")[1]
        options = set(re.findall(r"^ +(?:-\w, )?(--[\w-]+)", shown, re.M))
        assert options == offered(scripts["bash"], path), path
        zsh = re.search(rf"^    \('{path}'\)\n +_arguments(.*?)^ +;;$", scripts["zsh"], re.M | re.S)
        assert zsh and options == set(re.findall(r"(--[\w-]+)=?[}}\[]", zsh[1])), path
        fish = re.findall(rf"""__chela_at "{path}"' -l ([\w-]+)""", scripts["fish"])
        assert options == {f"--{name}" for name in fish}, path


def leaves(schema, path=()):
    if not schema.get("properties"):  # a value, or an object whose keys are the user's own
        return {".".join(path)}
    return set().union(*(leaves(value, (*path, key))
                         for key, value in schema["properties"].items()))


def test_the_page_of_chela_json5_names_every_key(tmp_path):
    schema = Home(tmp_path).run("config", "schema", "--chela").json
    page = tree.text(tree.ROOT / "docs" / "man" / "chela.json5.5")
    named = {name for line in re.findall(r"^\.It Va (.+)$", page, re.M)
             for name in re.split(r"[ ,]+", line) if name}
    assert named == leaves(schema)


def configurations():
    """(place, text) of the JSON5 that the documentation shows."""
    page = tree.ROOT / "docs" / "man" / "chela.json5.5"
    found = [(page.name, text) for text in examples.DISPLAY.findall(tree.text(page))]
    for path in MARKDOWN:
        found += [(path.name, text) for text in
                  re.findall(r"^```json5\n(.*?)^```", tree.text(path), re.M | re.S)]
    return found


@pytest.mark.parametrize("place,text", configurations(), ids=lambda value: value[:20])
def test_configurations_are_valid(tmp_path, place, text):
    """In the one file or the other: OpenClaw's, or chela's own."""
    said = []
    for number, file in enumerate((".openclaw/openclaw.json", ".config/chela/chela.json5")):
        home = Home(tmp_path / str(number))
        home.write(f"home/{file}", text)
        result = home.run("config", "validate", "--json", env={"OPENROUTER_API_KEY": "sk-or-v1-reader"})
        if result.code == 0 and not result.json["warnings"]:
            return
        said.append(str(result))
    assert False, f"{place}: " + "\n".join(said)


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
