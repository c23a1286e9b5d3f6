"""Completion of real command lines: in bash by its own rules of cutting words, in bash and zsh also at
a terminal with the Tab key, in fish by its `complete -C`."""
import re
import shutil
import subprocess

import pytest

from support.program import Home, binary
from support.sandbox import Sandbox
from support.terminal import Terminal

AGENTS = {"agents": {"list": [{"id": "main"}, {"id": "work", "name": "At work"}],
                     "defaults": {"models": {"openrouter/auto": {"alias": "any"}}}}}
# line → (what is offered, or some of it and …)
LINES = {
    "chela ": ["agent", "completion", "config", "doc", "explain", "help", "infer", "sandbox", ...],
    "chela ag": ["agent"],
    "chela infer ": ["model", ...],
    "chela infer model ": ["run"],
    "chela config ": ["file", "get", "schema", "set", "unset", "validate"],
    "chela completion ": ["bash", "fish", "zsh"],
    "chela completion z": ["zsh"],
    "chela agent --m": ["--message", "--model"],
    "chela agent --message 'two words' --mo": ["--model"],
    "chela agent --session-id x --agent ": ["main", "work"],
    "chela agent --thinking mi": ["minimal"],
    "chela infer model run --model openrouter/moon": ["openrouter/moonshotai/kimi-k2.6"],
    "chela infer model run --model an": ["any"],
    "chela explain infer model run -m openrouter/moon": ["openrouter/moonshotai/kimi-k2.6"],
    "chela explain --js": ["--json"],
    "chela explain ag": ["agent"],
    "chela help doc ch": ["check"],
    "chela doc check no": ["notes.json5"],
    "chela doc get notes.json5 --r": ["--raw"],
    "chela infer model run --request no": ["notes.json5"],
    "chela config get agents.defaults.model.pri": ["agents.defaults.model.primary"],
    "chela onboard --sandbox --non-inter": ["--non-interactive"],
    "chela sessions show tr": ["trip"],
    "chela agent --session-id ": ["a:b", "trip"],
    "chela --v": ["--version"],
    "chela agent --no-such": [],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("completion"), config=AGENTS)
    home.write("notes.json5", "{}")
    with Sandbox() as sandbox:
        home.write("home/.openclaw/openclaw.json", sandbox.config(**AGENTS), 0o600)
        home.store_key("sk-or-v1-completion")
        for session in ("trip", "a:b"):
            assert home.run("agent", "--session-id", session, "--message", "1+1?").code == 0
    home.write("home/bin/.keep", "")
    (home.home / "bin" / "chela").symlink_to(binary())
    home.env["PATH"] = f"{home.home / 'bin'}:{home.env['PATH']}"
    for shell in ("bash", "zsh", "fish"):
        result = home.run("completion", shell)
        assert result.code == 0 and result.out.startswith("#")
        home.write(f"chela.{shell}", result.out)
    return home


def check(line, offered, wanted):
    if ... in wanted:
        assert set(wanted) - {...} <= set(offered), f"{line!r} offers {offered}"
    else:
        assert sorted(offered) == wanted, f"{line!r} offers {offered}"


def shell(home, *command):
    if not shutil.which(command[0]):
        pytest.skip(f"no {command[0]}")
    done = subprocess.run(command, cwd=home.folder, env=home.env, stdin=subprocess.DEVNULL, timeout=60,
                          capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.stdout


# ---- bash ----

def cut(line):
    """The words that readline makes of a line: : and = stand alone, quotes stay."""
    return re.findall(r"'[^']*'|[:=]|[^\s:=']+", line) + ([""] if line.endswith(" ") else [])


def bash(home, line):
    words = cut(line)
    script = f'''
source chela.bash
COMP_WORDS=({" ".join("'" + word.replace("'", "'" + chr(92) + "''") + "'" for word in words)})
COMP_CWORD={len(words) - 1} COMP_LINE=$1 COMP_POINT=${{#1}}
_chela chela
((!${{#COMPREPLY[@]}})) || printf '%s\\n' "${{COMPREPLY[@]}}"'''
    return shell(home, "bash", "--norc", "-c", script, "bash", line).split("\n")[:-1]


@pytest.mark.parametrize("line", LINES, ids=str)
def test_bash(home, line):
    check(line, bash(home, line), LINES[line])


def test_bash_puts_in_what_follows_its_own_cuts(home):
    assert bash(home, "chela agent --thinking=mi") == ["minimal"]
    assert bash(home, "chela agent --session-id a:") == ["b"]
    assert bash(home, "chela agent --thinking=") == ["off", "minimal", "low", "medium", "high"]


# ---- fish ----

@pytest.mark.parametrize("line", LINES, ids=str)
def test_fish(home, line):
    said = shell(home, "fish", "--no-config", "-c",
                 'source chela.fish; complete -C "$argv[1]"', line).split("\n")[:-1]
    offered = [word.split("\t")[0] for word in said]
    if line.endswith("--m"):
        assert set(offered) == {"--message", "--model"}
    else:
        check(line, offered, LINES[line])


# ---- at a terminal ----

START = {
    "bash": ("exec bash --norc --noprofile -i", """PS1='' PS2=''; bind 'set bell-style none'
source chela.bash; show() { printf '<%s>' "$READLINE_LINE"; }; bind -x '"\\C-o": show'
"""),
    "zsh": ("exec zsh -f -i", """PS1='' PS2=''; autoload -Uz compinit; compinit -u -D; setopt no_beep
source chela.zsh; show() { print -rn -- "<$BUFFER>" }; zle -N show; bindkey '^O' show
"""),
}
CTRL_O, CTRL_U = "\x0f", "\x15"


@pytest.mark.parametrize("name", START)
def test_the_tab_key(home, name):
    if not shutil.which(name):
        pytest.skip(f"no {name}")
    command, prepare = START[name]
    with Terminal(home, script=command, env={"TERM": "xterm"}) as screen:
        screen.type(prepare + "echo rea''dy\n")
        screen.expect("ready")
        for typed, became in (
                ("chela ag", "chela agent "),
                ("chela infer mod", "chela infer model "),
                ("chela infer model run --prom", "chela infer model run --prompt"),
                ("chela infer model run --model openrouter/moon",
                 "chela infer model run --model openrouter/moonshotai/kimi-k2.6 "),
                ("chela agent --thinking=mi", "chela agent --thinking=minimal "),
                ("chela explain agent --mess", "chela explain agent --message"),
                ("chela doc check not", "chela doc check notes.json5 "),
                ("chela sessions export a", "chela sessions export a:b"),
                ("chela completion fi", "chela completion fish ")):
            screen.type(f"{typed}\t{CTRL_O}")
            screen.expect(f"<{became}")
            screen.type(CTRL_U)
