"""The rows of docs/faults.md, and whether a result is what its row says."""
from support import tree

TABLE = tree.text(tree.ROOT / "docs" / "faults.md")


def row(fault):
    """(parts of the message, error code, exit code, tries) of a fault."""
    line = next(line for line in TABLE.splitlines() if line.startswith(f"| {fault} |"))
    _, _, message, code, exit_code, tries, *_ = (cell.strip() for cell in line.split("|"))
    parts = [part.strip() for part in message.strip("`").split("…")]
    return parts, code.strip("`"), int(exit_code), int(tries)


def check(fault, result, tries):
    """result failed as the table says, after so many tries."""
    parts, code, exit_code, expected = row(fault)
    error = result.json["error"]
    assert (error["code"], result.code, tries) == (code, exit_code, expected), str(result)
    at = 0
    for part in parts:
        assert part in error["message"][at:], f"{part!r} is not in {error['message'][at:]!r}"
        at = error["message"].index(part, at) + len(part)


def endless(piece, kind):
    """A reply of the lab that goes on and on, a piece four times a second."""
    return {"events": [{"bytes": piece}, {"sleep": 0.25}] * 100, "headers": {"content-type": kind}}


def framed(body, length=None, kind="application/json"):
    """A reply that says how long it is; it is cut when it says too much."""
    return {"raw": f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n"
                   f"content-length: {length or len(body)}\r\n\r\n{body}"}
