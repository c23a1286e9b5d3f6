"""A video job is paid for once and never lost: killed at every step, it is finished by resume, with
one submission and one whole file. And what a service can do wrong on the way to it."""
import base64
import json
import re
import signal
import time

import pytest

from support import faults
from support.faults import framed
from support.program import Home
from support.terminal import Terminal

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"film" * 20000
OLD = b"what was there before"
ACCEPTED = {"status": 202, "json": {"id": "job-1", "status": "pending",
                                    "polling_url": "/api/v1/videos/job-1"}}
DONE = {"json": {"id": "job-1", "status": "completed", "usage": {"cost": 0.6}}}
PENDING = {"json": {"id": "job-1", "status": "in_progress"}}


def film(**more):
    return {"base64": base64.b64encode(MP4).decode(), "type": "video/mp4", **more}


def serve(lab, submit=None, looks=None, download=None):
    return lab.serve([{"on": "POST /videos$", "replies": submit or [ACCEPTED]},
                      {"on": "GET /videos/job-1$", "replies": looks or [DONE]},
                      {"on": "GET /videos/job-1/content$", "replies": download or [film()]}])


@pytest.fixture
def home(lab, tmp_path):
    made = Home(tmp_path, key="sk-or-v1-videos", config={"models": {"providers": {"openrouter": {
        "baseUrl": lab.plain_url + "/api/v1", "models": []}}}})
    made.write("out/x.mp4", OLD)
    return made


GENERATE = ("infer", "video", "generate", "--prompt", "waves", "--output", "out/x.mp4", "--json")


def jobs(home):
    result = home.run("infer", "video", "list", "--json")
    assert result.code == 0, str(result)
    return result.json


def submissions(upstream):
    return len([request for request in upstream.seen if request.method == "POST"])


def left(home):
    return sorted(path.name for path in (home.folder / "out").iterdir())


def test_to_its_file(lab, home):
    serve(lab, looks=[PENDING, DONE])
    result = home.run(*GENERATE)
    assert result.code == 0, str(result)
    output = result.json["outputs"][0]
    assert output["mimeType"] == "video/mp4" and output["size"] == len(MP4)
    assert (home.folder / "out/x.mp4").read_bytes() == MP4 and left(home) == ["x.mp4"]
    assert [(job["state"], job["open"], job["usage"]) for job in jobs(home)] == [
        ("saved", False, {"cost": 0.6})]


def test_detached_and_resumed(lab, home):
    upstream = serve(lab, looks=[PENDING, DONE])
    result = home.run(*GENERATE[:-1], "--detach")
    job = result.out.strip()
    assert result.code == 0 and job.startswith("video-"), str(result)
    assert home.run("infer", "video", "status", job).out == "in_progress\n"
    done = home.run("infer", "video", "resume", job)
    assert done.code == 0 and done.out.endswith("out/x.mp4\n"), str(done)
    assert (home.folder / "out/x.mp4").read_bytes() == MP4
    again = home.run("infer", "video", "resume", job)
    assert again.code == 0 and again.out == done.out, "a saved one is only named"
    assert submissions(upstream) == 1


def test_the_line_on_a_terminal(lab, home):
    """State and time; of the second video also how long it may take."""
    slowly = [PENDING, slow(1, PENDING), DONE]
    for usual in (False, True):
        serve(lab, looks=slowly, download=[{"events": [{"bytes": MP4[:40].decode("latin-1") + "x" * 90000},
                                                       {"sleep": 0.5}, {"bytes": "x"}],
                                            "headers": {"content-type": "video/mp4"}}])
        with Terminal(home, *GENERATE[:-1]) as screen:
            screen.expect("video: in progress, ")
            end = screen.end()
        assert end.code == 0, str(end)
        assert bool(re.search(r"in progress, 1 s of about \d s", end.out)) is usual, end.out
        assert "video: downloading, 0.1 MB" in end.out
        assert end.out.endswith(f"\r\033[K{home.folder}/out/x.mp4\n"), "the line is gone at the end"
    took = [job["tookMs"] for job in jobs(home)]
    assert all(2000 <= ms < 5000 for ms in took), took


def test_the_service_says_how_far_it_is(lab, home):
    half = {"json": {"id": "job-1", "status": "in_progress", "progress": 50}}
    serve(lab, looks=[half, half, DONE])
    with Terminal(home, *GENERATE[:-1]) as screen:
        end = screen.end()
    assert "video: in progress 50 %, 1 s of about 2 s" in end.out, end.out


def test_whoever_finds_it_finished_does_not_know_how_long_it_took(lab, home):
    serve(lab)
    assert home.run(*GENERATE, "--detach").code == 0
    time.sleep(1.1)
    assert home.run("infer", "video", "resume", jobs(home)[0]["id"]).code == 0
    assert "tookMs" not in jobs(home)[0]


def test_a_state_that_would_write_on_the_terminal_is_none(lab, home):
    serve(lab, looks=[{"json": {"status": "\u001b]0;x\u0007", "id": "job-1"}}, DONE])
    result = home.run(*GENERATE)
    assert result.code == 0 and jobs(home)[0]["state"] == "saved", str(result)


def test_into_a_pipe(lab, home):
    upstream = serve(lab)
    generate = (*GENERATE[:5], "--output", "-")
    result = home.run(*generate)
    assert result.code == 0 and result.raw_out == MP4, str(result)
    (job,) = jobs(home)
    assert job["state"] == "saved" and home.run("infer", "video", "resume", job["id"]).code == 0
    assert home.run(*generate, "--detach").code == 64 and submissions(upstream) == 1


def slow(seconds, reply):
    return dict(reply, delay=seconds)


# Where the kill comes: (the upstream's replies, what is waited for before it)
STEPS = {
    "looking": ({"looks": [slow(5, PENDING)]}, "GET /api/v1/videos/job-1"),
    "second look": ({"looks": [PENDING, slow(5, PENDING)]}, "GET /api/v1/videos/job-1 x2"),
    "downloading": ({"download": [slow(5, film())]}, "GET /api/v1/videos/job-1/content"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_after_it_was_accepted(lab, home, step, how):
    replies, waited_for = STEPS[step]
    path, _, times = waited_for.partition(" x")
    upstream = serve(lab, **replies)
    process = home.start(*GENERATE)
    end = time.monotonic() + 15
    while time.monotonic() < end:
        count = len([r for r in upstream.seen if f"{r.method} {r.path}" == path])
        if count >= int(times or 1):
            break
        time.sleep(0.02)
    process.send_signal(how)
    out, err = process.communicate(timeout=10)
    if how == signal.SIGINT:
        assert process.returncode == 130 and b"video resume video-" in out + err, err
    [job] = jobs(home)
    assert job["open"] and (home.folder / "out/x.mp4").read_bytes() == OLD
    before = submissions(upstream)
    upstream = serve(lab)
    done = home.run("infer", "video", "resume", job["id"])
    assert done.code == 0, str(done)
    assert before == 1 and submissions(upstream) == 0
    assert (home.folder / "out/x.mp4").read_bytes() == MP4 and left(home) == ["x.mp4"]


def test_killed_in_mid_download_leaves_no_debris(lab, home):
    serve(lab, download=[film(delay=5)])
    process = home.start(*GENERATE)
    end = time.monotonic() + 15
    while time.monotonic() < end and not any(n.startswith(".chela-") for n in left(home)):
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=10)
    assert any(name.startswith(".chela-") for name in left(home)), "the draft was there"
    [job] = jobs(home)
    serve(lab)
    assert home.run("infer", "video", "resume", job["id"]).code == 0
    assert left(home) == ["x.mp4"] and (home.folder / "out/x.mp4").read_bytes() == MP4


def test_one_process_at_a_time(lab, home):
    """Two would submit, or write, the same thing twice."""
    upstream = serve(lab, download=[film(delay=20)])
    process = home.start(*GENERATE)
    end = time.monotonic() + 15
    while time.monotonic() < end and not any(n.startswith(".chela-") for n in left(home)):
        time.sleep(0.02)
    [job] = jobs(home)
    seen = len(upstream.seen)
    second = home.run("infer", "video", "resume", job["id"])
    assert second.code == 75 and "another process is at work" in second.err, str(second)
    look = home.run("infer", "video", "status", job["id"])
    assert look.code == 0 and look.out == "completed\n", str(look)
    assert len(upstream.seen) - seen <= 1 and process.poll() is None
    process.kill()
    process.communicate(timeout=10)
    serve(lab)
    assert home.run("infer", "video", "resume", job["id"]).code == 0
    assert left(home) == ["x.mp4"] and (home.folder / "out/x.mp4").read_bytes() == MP4


def test_killed_while_it_was_submitted(lab, home):
    upstream = serve(lab, submit=[slow(5, ACCEPTED)])
    process = home.start(*GENERATE)
    while not submissions(upstream):
        time.sleep(0.02)
    process.kill()
    process.communicate(timeout=10)
    [job] = jobs(home)
    assert job["state"] == "submitting" and job["open"]
    upstream = serve(lab)
    refused = home.run("infer", "video", "resume", job["id"], "--json")
    assert refused.code == 65 and submissions(upstream) == 0, str(refused)
    assert "nobody can know" in refused.json["error"]["hint"]
    done = home.run("infer", "video", "resume", job["id"], "--resubmit")
    assert done.code == 0 and submissions(upstream) == 1, str(done)
    assert (home.folder / "out/x.mp4").read_bytes() == MP4


NO_CREDIT = {"status": 402, "json": {"error": {"code": 402, "message": "no credit"}}}
BUSY = {"status": 503, "json": {"error": {"code": 503, "message": "busy"}}}
PAGE = {"text": "<html><title>Sign in</title></html>"}
LATE = {"json": {"id": "job-1"}, "delay": 20}
LARGE = framed("{}", 5 << 20)
ENDLESS = faults.endless(" ", "application/json")
FILM = MP4.decode("latin-1")

# What a service does wrong, where, and what the job is found as.
FAULTS = {
    "submission refused": ("submit", NO_CREDIT, "refused"),
    "submission, service down": ("submit", BUSY, "refused"),
    "submission hung up": ("submit", {"hang_up": True}, "submitting"),
    "submission cut": ("submit", framed("{", 40), "submitting"),
    "submission as HTML": ("submit", PAGE, "refused"),
    "submission not JSON": ("submit", framed("ok"), "submitting"),
    "submission empty": ("submit", framed("{}"), "submitting"),
    "submission with an error": ("submit", {"json": {"error": {"message": "not allowed"}}}, "refused"),
    "submission too large": ("submit", LARGE, "submitting"),
    "submission late": ("submit", LATE, "submitting"),
    "submission endless": ("submit", ENDLESS, "submitting"),
    "look refused": ("looks", {"status": 404, "json": {"error": {"code": 404, "message": "gone"}}},
                     "pending"),
    "look, service down": ("looks", BUSY, "pending"),
    "look cut": ("looks", framed("{", 40), "pending"),
    "look as HTML": ("looks", PAGE, "pending"),
    "look not JSON": ("looks", framed("ok"), "pending"),
    "look too large": ("looks", LARGE, "pending"),
    "look late": ("looks", LATE, "pending"),
    "look endless": ("looks", ENDLESS, "pending"),
    "look empty": ("looks", framed("{}"), "pending"),
    "job never finished": ("looks", PENDING, "in_progress"),
    "job failed": ("looks", {"json": {"status": "failed", "error": {"message": "not allowed"}}},
                   "failed"),
    "job cancelled": ("looks", {"json": {"status": "cancelled"}}, "cancelled"),
    "job expired": ("looks", {"json": {"status": "expired"}}, "expired"),
    "download refused": ("download", {"status": 403, "json": {"error": {"code": 403, "message": "no"}}},
                         "completed"),
    "download, service down": ("download", BUSY, "completed"),
    "download cut": ("download", framed(FILM[:9000], len(FILM), "video/mp4"), "completed"),
    "download as HTML": ("download", {"text": "<html>" + "x" * 500, "type": "video/mp4"}, "completed"),
    "download as JSON": ("download", {"text": "{\"error\": 1}" + " " * 500, "type": "video/mp4"},
                         "completed"),
    "download empty": ("download", {"text": "", "type": "video/mp4"}, "completed"),
    "download too large": ("download", framed(FILM, 3 << 30, "video/mp4"), "completed"),
    "download late": ("download", film(delay=20), "completed"),
    "download endless": ("download", {"events": [{"bytes": FILM[:99]}, {"sleep": 0.25}] * 99,
                                      "headers": {"content-type": "video/mp4"}}, "completed"),
}
PLACES = {"submit": "/videos", "looks": "/videos/job-1", "download": "/videos/job-1/content"}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(lab, home, fault):
    place, reply, state = FAULTS[fault]
    upstream = serve(lab, **{place: [reply]})
    start = time.monotonic()
    result = home.run(*GENERATE, "--timeout-ms", "4000")
    assert time.monotonic() - start < 10
    faults.check(fault, result, len([r for r in upstream.seen if r.path.endswith(PLACES[place])]))
    [job] = jobs(home)
    assert job["state"] == state and submissions(upstream) == 1, job
    if job["open"]:
        assert job["id"] in result.json["error"]["hint"], str(result)
    assert (home.folder / "out/x.mp4").read_bytes() == OLD and left(home) == ["x.mp4"]


def test_too_large(lab, tmp_path):
    home = Home(tmp_path, key="sk-or-v1-videos", config={
        "agents": {"defaults": {"mediaMaxMb": 0.01}}, "models": {"providers": {"openrouter": {
            "baseUrl": lab.plain_url + "/api/v1", "models": []}}}})
    serve(lab)
    home.write("out/x.mp4", OLD)
    result = home.run(*GENERATE)
    assert result.code == 65 and "larger than" in result.json["error"]["message"], str(result)
    assert (home.folder / "out/x.mp4").read_bytes() == OLD and left(home) == ["x.mp4"]


def test_what_is_not_sent_is_resumed_unasked(lab, home):
    """Nobody listens: nothing was sent, so there is nothing to ask."""
    home.write("home/.openclaw/openclaw.json", json.dumps({"models": {"providers": {"openrouter": {
        "baseUrl": "http://127.0.0.1:9/api/v1", "models": []}}}}))
    result = home.run(*GENERATE)
    assert result.code == 69 and jobs(home)[0]["state"] == "unsent", str(result)
    home.write("home/.openclaw/openclaw.json", json.dumps({"models": {"providers": {"openrouter": {
        "baseUrl": lab.plain_url + "/api/v1", "models": []}}}}))
    upstream = serve(lab)
    assert home.run("infer", "video", "resume", jobs(home)[0]["id"]).code == 0
    assert submissions(upstream) == 1


def test_an_unknown_job_is_named(lab, home):
    serve(lab)
    assert home.run(*GENERATE, "--detach").code == 0
    job = jobs(home)[0]["id"]
    result = home.run("infer", "video", "resume", job[:-1] + "z")
    assert result.code == 66 and f"did you mean {job}" in result.err, str(result)


def test_explain_sends_and_stores_nothing(lab, home):
    upstream = serve(lab)
    before = home.tree()
    result = home.run("explain", "--json", *GENERATE[:-1], "--duration", "5")
    assert result.json["body"]["duration"] == 6 and not upstream.seen and home.tree() == before
    assert "video-hints" in {change["rule"] for change in result.json["changes"]}
