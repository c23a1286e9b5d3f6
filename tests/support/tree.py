"""What stands in the tree, for tests about the tree."""
import re
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ORDER = ("base", "doc", "store", "ledger", "net", "config", "catalog", "route", "shape", "chat", "media",
         "agent", "lib", "term", "server", "skin", "upstream", "sandbox", "gateway",
         "cli")  # a folder of src may use those before it
CODE = ("src", "engines", "include", "fuzz", "tests", "examples", "bench")
OTHERS = {"build", "node_modules", ".git", "__pycache__", ".pytest_cache", ".cache", ".vscode"}


@lru_cache
def everything():
    """Every file of the tree, without what is built, installed or a tool's own."""
    found, folders = [], [ROOT]
    while folders:
        for entry in sorted(folders.pop().iterdir()):
            if entry.name in OTHERS or entry.is_symlink():
                continue
            if entry.is_dir():
                folders.append(entry)
            else:
                found.append(entry)
    return found


def files(*suffixes, under=None):
    """Files with these suffixes, under these folders of the root (None: anywhere)."""
    return [path for path in everything() if path.suffix in suffixes
            and (under is None or path.relative_to(ROOT).parts[0] in under)]


def name(path):
    return str(path.relative_to(ROOT))


def text(path):
    return path.read_text(encoding="utf-8")


def is_text(path):
    try:
        return "\0" not in text(path)
    except UnicodeDecodeError:
        return False


COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|' r"'(?:\\.|[^'\\\n])*'", re.S)


def code_only(source):
    """C without comments and string contents, lines kept."""
    def blank(match):
        whole = match[0]
        return '""' if whole[0] in "\"'" else "\n" * whole.count("\n") or " "
    return COMMENT_OR_STRING.sub(blank, source)


def line_of(source, offset):
    return source.count("\n", 0, offset) + 1
