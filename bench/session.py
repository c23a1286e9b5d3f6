"""Called by session.sh. A server on loopback notes when the first byte of a request arrives."""
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

CHELA, TURNS, BYTES = Path(sys.argv[1]).resolve(), int(sys.argv[2]), int(sys.argv[3])
RUNS = 31
ANSWER = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in (
    {"id": "g", "choices": [{"index": 0, "delta": {"content": "Yes."}}]},
    {"id": "g", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})) + b"data: [DONE]\n\n"
HEAD = (f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: {len(ANSWER)}\r\n"
        "connection: close\r\n\r\n").encode()


class Server(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.first_byte = self.size = 0

    def run(self):
        while True:
            connection, _ = self.socket.accept()
            data = connection.recv(65536)
            self.first_byte = time.monotonic()
            head, _, body = data.partition(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            while len(body) < length:
                body += connection.recv(1 << 20)
            self.size = length
            connection.sendall(HEAD + ANSWER)
            connection.close()


def fill(database, text):
    """The session "long": questions, calls, results and answers of equal length."""
    rows, turns = [], []
    for turn in range(1, TURNS + 1):
        call = {"id": f"c{turn}", "type": "function",
                "function": {"name": "session_status", "arguments": "{}"}}
        for round_, message in (
                (0, {"role": "user", "content": [{"type": "text", "text": text}]}),
                (1, {"role": "assistant", "content": None, "tool_calls": [call]}),
                (1, {"role": "tool", "tool_call_id": f"c{turn}", "content": text}),
                (2, {"role": "assistant", "content": text})):
            body = json.dumps(message, separators=(",", ":"))
            rows.append(("long", len(rows) + 1, "a/model", body, 1, turn, round_))
        turns.append(("long", turn, "done", "", 1, 1))
    database.execute("INSERT INTO session(id, created_ms, updated_ms) VALUES('long',1,1)")
    database.executemany("INSERT INTO message(session,seq,model,body,created_ms,turn,round)"
                         " VALUES(?,?,?,?,?,?,?)", rows)
    database.executemany("INSERT INTO turn VALUES(?,?,?,?,?,?)", turns)
    database.commit()


def measure(server, env, name, *command):
    waits, peaks = [], []
    for run in range(RUNS):
        start = time.monotonic()
        process = subprocess.Popen([CHELA, *(word.replace("RUN", str(run)) for word in command)],
                                   env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        error = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0, error.decode()
        waits.append((server.first_byte - start) * 1000)
        peaks.append(usage.ru_maxrss)
    print(f"{name:<28} {server.size / 1000:8.1f} KB sent {statistics.median(waits):8.1f} ms to the "
          f"wire {statistics.median(peaks) / 1024:8.1f} MB")


def main():
    server = Server()
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        config = {"agents": {"defaults": {"model": {"primary": "openrouter/a/model"}}},
                  "models": {"providers": {"openrouter": {
                      "baseUrl": f"http://127.0.0.1:{server.port}/v1", "models": []}}}}
        (Path(folder) / ".openclaw").mkdir()
        (Path(folder) / ".openclaw" / "openclaw.json").write_text(json.dumps(config))
        env = {"PATH": os.environ["PATH"], "HOME": folder, "OPENROUTER_API_KEY": "sk-or-bench",
               "NO_PROXY": "127.0.0.1"}
        ask = ("--message", "And now?")
        measure(server, env, "infer model run", "infer", "model", "run", "--prompt", "And now?")
        measure(server, env, "agent, a new session", "agent", "--session-id", "new-RUN", *ask)
        database = sqlite3.connect(next(Path(folder).rglob("chela.db")))
        fill(database, "x" * (BYTES // (3 * TURNS) - 70))
        database.close()
        measure(server, env, f"agent, after {TURNS} turns", "agent", "--session-id", "long", *ask)


main()
