"""Requests, brought to a common form and compared with what a golden says.

What a prompt says is the program's own affair, how a request is built is not. So text of system
prompts, of the agent's user turns and of tool results becomes a placeholder, while roles, block
structure and cache markers stay; sizes and tool lists are left out unless a golden asks for them.
"""
import copy
import json

HEADERS = ("authorization", "http-referer", "x-openrouter-title", "x-openrouter-categories",
           "x-openrouter-cache", "x-openrouter-cache-ttl", "x-openrouter-cache-clear")
ATTRIBUTION = {
    "http-referer": "https://openclaw.ai",
    "x-openrouter-title": "OpenClaw",
    "x-openrouter-categories": "cli-agent,cloud-agent,programming-app,creative-writing,"
                               "writing-assistant,general-chat,personal-agent",
}
LEFT_OUT = ("max_tokens", "max_completion_tokens", "stream_options", "tool_choice", "tools")
LEFT_OUT_OF_TURNS = ("reasoning", "reasoning_details", "refusal", "annotations")


def _placeholder(content):
    if isinstance(content, str):
        return "<text>"
    return [dict(block, text="<text>") if block.get("type") == "text" else block
            for block in content or []]


def _joined(content):
    """Text blocks without anything else in them say what a string says."""
    if not isinstance(content, list) or not content:
        return content
    if any(set(block) != {"type", "text"} or block["type"] != "text" for block in content):
        return content
    texts = [block["text"] for block in content]
    return "<text>" if all(text == "<text>" for text in texts) else "".join(texts)


def message(original, agent):
    """One message in its common form. agent: user text is the program's too."""
    turn = copy.deepcopy(original)
    if turn.get("role") in ("system", "developer"):
        turn["role"] = "system"
        turn["content"] = _placeholder(turn.get("content"))
    elif turn.get("role") == "tool":
        turn["content"] = "<result>"
        turn.pop("name", None)
    elif turn.get("role") == "user" and agent:
        turn["content"] = _placeholder(turn.get("content"))
    elif turn.get("role") == "assistant":
        turn["content"] = turn.get("content") or None
        for key in LEFT_OUT_OF_TURNS:
            turn.pop(key, None)
    turn["content"] = _joined(turn.get("content"))
    return turn


def body(original, agent=False, free=(), kept=(), system=True):
    """A body in its common form. free: keys not compared; kept: of those usually left out, the ones
    to compare; system: False drops system prompts (nobody said there should be none)."""
    if not isinstance(original, dict):
        return original
    out = {key: copy.deepcopy(value) for key, value in original.items()
           if key not in free and (key in kept or key not in LEFT_OUT)}
    if isinstance(out.get("messages"), list):
        turns = [message(turn, agent) for turn in out["messages"]]
        if not system and not agent:
            turns = [turn for turn in turns if turn.get("role") != "system"]
        out["messages"] = turns
    return out


def tools_marked(sent):
    """Do tools carry a cache marker: None without tools, False, True when on the last alone."""
    tools = sent.get("tools") if isinstance(sent, dict) else None
    if not tools:
        return None
    marks = ["cache_control" in tool for tool in tools]
    return "elsewhere" if any(marks[:-1]) else marks[-1]


def show(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:197] + "…"


def differences(want, got, place="body"):
    """Lines that say where got departs from want."""
    numbers = all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in (want, got))
    if numbers or not isinstance(want, (dict, list)) or type(want) is not type(got):
        same = want == got and (numbers or type(want) is type(got))
        return [] if same else [f"{place}: expected {show(want)}, sent {show(got)}"]
    lines = []
    if isinstance(want, dict):
        for key in want:
            if key in got:
                lines += differences(want[key], got[key], f"{place}.{key}")
            else:
                lines.append(f"{place}.{key}: expected {show(want[key])}, not sent")
        return lines + [f"{place}.{key}: sent {show(got[key])}, not expected"
                        for key in got if key not in want]
    if len(want) != len(got):
        return [f"{place}: expected {len(want)} items {show(want)}, sent {len(got)} {show(got)}"]
    for index, pair in enumerate(zip(want, got)):
        lines += differences(*pair, f"{place}[{index}]")
    return lines


def expected_headers(want):
    """The compared headers of a golden's request: attribution is a word, the key is the key."""
    headers = {}
    if want.get("key"):
        headers["authorization"] = "Bearer " + want["key"]
    if want.get("attribution"):
        headers.update(ATTRIBUTION)
    headers.update(want.get("headers", {}))
    return headers


def request(want, got, origin, agent):
    """Lines that say where one request departs from its golden. origin: as goldens call it."""
    lines = []
    sent_to = f"{got.method} {origin}{got.path}" + (f"?{got.query}" if got.query else "")
    if want["to"] != sent_to:
        lines.append(f"expected {want['to']}, sent {sent_to}")
    headers = expected_headers(want)
    for name in {**dict.fromkeys(HEADERS), **headers}:
        if headers.get(name) != got.headers.get(name):
            lines.append(f"header {name}: expected {headers.get(name)!r}, "
                         f"sent {got.headers.get(name)!r}")
    if got.twins:
        lines.append("a key stands twice in one object")
    if isinstance(got.body, dict):
        kind = got.headers.get("content-type", "")
        if not kind.startswith("application/json"):
            lines.append(f"content-type is {kind!r}")
        marked = tools_marked(got.body)
        if marked is not None and marked != want.get("tools_marked", False):
            lines.append(f"cache marker on tools: expected {want.get('tools_marked', False)}, "
                         f"sent {marked}")
    for piece in want.get("raw", []):
        if piece not in got.raw.decode("utf-8", "replace"):
            lines.append(f"the bytes {piece!r} are not in the body")
    if "body" not in want:
        return lines
    free, kept = want.get("free", []), want.get("kept", [])
    shape = want["body"]
    system = not isinstance(shape, dict) or any(
        turn.get("role") == "system" for turn in shape.get("messages", []))
    return lines + differences(body(shape, agent, free, kept),
                               body(got.body, agent, free, kept, system))


def requests(wanted, seen, how, agent, name_origin):
    """All requests of a run. how: "all" in order; "first" only, where the number of tries is
    another test's affair; "by-path", each path's in order."""
    lines = []
    if how == "by-path":
        pairs = []
        key = lambda got: f"{got.method} {name_origin(got)}{got.path}"
        paths = list(dict.fromkeys(want["to"].split("?")[0] for want in wanted))
        for path in paths:
            ours = [want for want in wanted if want["to"].split("?")[0] == path]
            theirs = [got for got in seen if key(got) == path]
            if path.endswith("/chat/completions"):
                ours, theirs = ours[:1], theirs[:1]
            elif path.startswith("POST") and theirs and len(ours) != len(theirs):
                lines.append(f"{path}: expected {len(ours)} times, sent {len(theirs)} times")
            if not theirs:
                lines.append(f"{path}: not sent")
            pairs += zip(ours, theirs)
        lines += [f"{got}: not expected" for got in seen if key(got) not in paths]
    elif how == "first":
        if wanted and not seen:
            return ["nothing was sent"]
        pairs = list(zip(wanted[:1], seen[:1]))
    else:
        pairs = list(zip(wanted, seen))
        if len(wanted) != len(seen):
            lines.append(f"expected {len(wanted)} requests, saw {len(seen)}: "
                         + ", ".join(map(str, seen)))
    for number, (want, got) in enumerate(pairs, 1):
        lines += [f"request {number}: {line}" for line in
                  request(want, got, name_origin(got), agent)]
    return lines
