"""A video job whose process is killed at each system call that changes something, in as many runs.
Whatever stood then, resume makes one whole file of it, and nothing is submitted twice unasked.
"""
import base64
import os
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from support.killing import calls_of, killed_at
from support.program import Home

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + os.urandom(150000)
OLD = b"what was there before"
GENERATE = ("infer", "video", "generate", "--prompt", "waves", "--output", "out/x.mp4")
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
                                                    "models": []}}}})
        self.home.write("out/x.mp4", OLD)
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

    def check(self, where):
        """One whole file, and a job that knows of it."""
        assert self.film == MP4, where
        assert self.left == ["x.mp4"], f"{where}: debris {self.left}"
        [job] = self.jobs()
        assert job["state"] == "saved" and job["usage"] == {"cost": 0.6}, where

    def finish(self, step):
        """By what a user would do; returns how."""
        before, asks = self.submissions, step in STEPS[2:4]
        if step == STEPS[0]:
            assert before == 0 and self.jobs() == []
            result = self.home.run(*GENERATE)
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


def at_each(work, calls):
    """work(number, call, nth) for each call; what they came to, counted."""
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(lambda at: work(at[0], *at[1]), enumerate(calls, 1)))
    return Counter(ends)


def test_killed_at_every_call(lab, tmp_path):
    lab.serve([rule for run in range(MOST) for rule in rules(run)])
    whole = Run(lab, tmp_path, 0)
    calls = calls_of(whole.home, GENERATE)
    assert whole.film == MP4 and whole.submissions == 1 and 20 < len(calls) < MOST, calls

    def work(number, call, nth):
        run = Run(lab, tmp_path, number)
        if not killed_at(run.home, GENERATE, call, nth):
            return "got through", ""
        step = run.step()
        where = f"killed at {call} {nth}, {step}"
        assert run.film in (OLD, MP4), f"{where}: half a file"
        how = run.finish(step)
        run.check(where)
        return step, how

    hit = at_each(work, calls)
    print(f"\n{len(calls)} calls that change something; killed at each:")
    for (step, how), count in hit.items():
        print(f"  {count:3} {step}: {how}")
    missed = [step for step in STEPS if step not in {step for step, _ in hit}]
    assert not missed, f"never hit: {missed}"


def test_resume_killed_at_every_call(lab, tmp_path):
    """Of a job that was left to resume, whose process is killed, and which is resumed again."""
    lab.serve([rule for run in range(MOST) for rule in rules(run)])

    def detached(number):
        run = Run(lab, tmp_path, number)
        result = run.home.run(*GENERATE, "--detach")
        assert result.code == 0, str(result)
        return run, ("infer", "video", "resume", result.out.strip())

    whole, resume = detached(0)
    calls = calls_of(whole.home, resume)

    def work(number, call, nth):
        run, resume = detached(number)
        where = f"killed at {call} {nth}" if killed_at(run.home, resume, call, nth) else "got through"
        step = run.step()
        assert run.film in (OLD, MP4), f"{where}, {step}: half a file"
        result = run.home.run(*resume)
        assert result.code == 0 and run.submissions == 1, f"{where}, {step}: {result}"
        run.check(f"{where}, {step}")
        return step

    hit = at_each(work, calls)
    print(f"\n{len(calls)} calls that change something; killed at each: {dict(hit)}")
    missed = [step for step in STEPS[4:] if step not in hit]
    assert not missed, f"never hit: {missed}"
