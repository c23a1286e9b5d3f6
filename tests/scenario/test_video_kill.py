"""A video job whose process is killed at each system call that changes something, in as many runs.
Whatever stood then, resume makes one whole file of it, and nothing is submitted twice unasked.

strace kills where the call would have begun, so that each step is truly hit: no sleeping and hoping.
"""
import base64
import json
import os
import re
import sqlite3
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from support.program import Home, binary

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + os.urandom(150000)
OLD = b"what was there before"
# What writes, makes lasting, puts in place, removes, or sends.
CALLS = "write,pwrite64,ftruncate,fsync,fdatasync,rename,unlink,connect,sendto"
# What must have been hit at least once, in the order in which it comes.
STEPS = ["before the job is stored", "stored, not submitted", "about to submit",
         "submitted, no answer kept", "accepted, before the first look", "between the looks",
         "completed, before the download", "in mid-download", "downloaded, before the rename",
         "renamed, before that is noted"]
MOST = 400


def rules(run):
    """The upstream of one run: two looks, and a film."""
    at = f"/run-{run}/videos"
    job = {"id": "job-1", "polling_url": f"{at}/job-1"}
    return [{"on": f"POST {at}$", "replies": [{"status": 202, "json": dict(job, status="pending")}]},
            {"on": f"GET {at}/job-1$", "replies": [
                {"json": dict(job, status="in_progress")},
                {"json": dict(job, status="completed", usage={"cost": 0.6})}]},
            {"on": f"GET {at}/job-1/content$", "replies": [
                {"base64": base64.b64encode(MP4).decode(), "type": "video/mp4"}]}]


class Run:
    def __init__(self, lab, folder, number):
        self.upstream, self.number = lab.upstream, number
        self.home = Home(folder / str(number), key="sk-or-v1-kill", config={
            "models": {"providers": {"openrouter": {"baseUrl": f"{lab.plain_url}/run-{number}",
                                                    "models": []}}}},
            env={"ASAN_OPTIONS": "detect_leaks=0"})  # it cannot look under ptrace
        self.home.write("out/x.mp4", OLD)
        self.log = self.home.folder / "calls"
        assert self.jobs() == [], "and the store is made"

    def jobs(self):
        result = self.home.run("infer", "video", "list", "--json")
        assert result.code == 0, str(result)
        return result.json

    def seen(self, method, end):
        return len([r for r in self.upstream.seen if r.method == method
                    and r.path == f"/run-{self.number}/videos{end}"])

    @property
    def submissions(self):
        return self.seen("POST", "")

    @property
    def film(self):
        return (self.home.folder / "out/x.mp4").read_bytes()

    @property
    def left(self):
        return sorted(path.name for path in (self.home.folder / "out").iterdir())

    def generate(self, call, nth):
        """Killed where its nth call of that name would begin. True: it got through."""
        done = subprocess.run(
            ["strace", "-f", "-qq", "-o", self.log, "-e", f"trace={CALLS}",
             "-e", f"inject={call}:signal=SIGKILL:when={nth}", str(binary()), "infer", "video",
             "generate", "--prompt", "waves", "--output", "out/x.mp4", "--json"],
            env=self.home.env, cwd=self.home.folder, capture_output=True, timeout=120, check=False)
        assert done.returncode in (0, -9, 137), done.stderr.decode()
        return done.returncode == 0

    def stored(self):
        """The job's row, read without the program."""
        database = sqlite3.connect(self.home.home / ".state/chela/chela.db")
        database.row_factory = sqlite3.Row
        try:
            assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            return database.execute("SELECT * FROM video_job").fetchall()
        finally:
            database.close()

    def step(self):
        """Where it was killed."""
        rows, drafts = self.stored(), [name for name in self.left if name.startswith(".chela-")]
        if not rows:
            return STEPS[0]
        [row] = rows
        if row["state"] == "new":
            return STEPS[1]
        if row["state"] == "submitting":
            return STEPS[3] if self.submissions else STEPS[2]
        if row["state"] == "pending":
            return STEPS[4]
        if row["state"] == "in_progress":
            return STEPS[5]
        if row["state"] == "completed" and drafts:
            size = (self.home.folder / "out" / drafts[0]).stat().st_size
            return STEPS[8] if size == len(MP4) else STEPS[7]
        if row["state"] == "completed":
            return STEPS[6] if self.film == OLD else STEPS[9]
        return "after the end"

    def finish(self, step):
        """By what a user would do; returns how."""
        before, asks = self.submissions, step in STEPS[2:4]
        if step == STEPS[0]:
            assert before == 0 and self.jobs() == []
            result = self.home.run("infer", "video", "generate", "--prompt", "waves", "--output",
                                   "out/x.mp4")
            assert result.code == 0 and self.submissions == 1, str(result)
            return "made anew"
        [job] = self.jobs()
        result = self.home.run("infer", "video", "resume", job["id"])
        if asks:
            assert result.code == 65 and "nobody can know" in result.err, str(result)
            assert self.submissions == before and self.film == OLD, "it asked, and did nothing"
            result = self.home.run("infer", "video", "resume", job["id"], "--resubmit")
        assert result.code == 0, str(result)
        assert self.submissions == (before + 1 if asks else 1), "submitted twice, or not at all"
        return "asked first" if asks else "resumed"


def calls_of(log):
    """[(name, which of that name)], in the order in which they were made."""
    count, calls = Counter(), []
    for name in re.findall(r"^\d+ +(\w+)\(", log, re.M):
        count[name] += 1
        calls.append((name, count[name]))
    return calls


def killed_at(lab, folder, number, call, nth):
    run = Run(lab, folder, number)
    if run.generate(call, nth):
        return None
    step = run.step()
    where = f"killed at {call} {nth}, {step}"
    assert run.film in (OLD, MP4), f"{where}: half a file"
    how = run.finish(step)
    assert run.film == MP4, where
    assert run.left == ["x.mp4"], f"{where}: debris {run.left}"
    [job] = run.jobs()
    assert job["state"] == "saved" and job["usage"] == {"cost": 0.6}, where
    return step, how


def test_killed_at_every_call(lab, tmp_path):
    lab.serve([rule for run in range(MOST) for rule in rules(run)])
    whole = Run(lab, tmp_path, 0)
    assert whole.generate("write", 10 * MOST), "nothing kills it"
    assert whole.film == MP4 and whole.submissions == 1
    calls = calls_of(whole.log.read_text())
    assert 20 < len(calls) < MOST, calls
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda at: killed_at(lab, tmp_path, at[0], *at[1]),
                             enumerate(calls, 1)))
    hit = Counter(end for end in ends if end)
    print(f"\n{len(calls)} calls that change something; killed at each of {sum(hit.values())}:")
    for (step, how), count in hit.items():
        print(f"  {count:3} {step}: {how}")
    missed = [step for step in STEPS if step not in {step for step, _ in hit}]
    assert not missed, f"never hit: {missed}"
