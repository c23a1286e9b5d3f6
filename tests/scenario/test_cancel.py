"""Ctrl-C: the stream ends at once, at both ends."""
import signal
import subprocess
import time

import pytest

from support.program import Home
from support.replies import chunk

pytestmark = pytest.mark.fast
ASK = ["infer", "model", "run", "--model", "openrouter/auto", "--prompt", "x"]


def endless():
    """A stream that says a word, then nothing but comments for half a minute."""
    yield chunk({"role": "assistant", "content": "Beginning"})
    for _ in range(600):
        yield ": still there"
        yield {"sleep": 0.05}


def begin(lab, tmp_path, reply, *more):
    upstream = lab.serve([{"on": "POST /chat/completions$", "replies": [reply]}])
    home = Home(tmp_path, key="sk-or-v1-x", config={"models": {"providers": {"openrouter": {
        "baseUrl": lab.plain_url + "/v1", "models": []}}}})
    return upstream, home.start(*ASK, *more)


def wait_for_request(upstream):
    end = time.monotonic() + 10
    while not upstream.asked and time.monotonic() < end:
        time.sleep(0.01)
    assert upstream.asked


def interrupt(process, how=signal.SIGINT):
    at = time.monotonic()
    process.send_signal(how)
    try:
        out, err = process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return out, err, time.monotonic() - at


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_in_the_middle_of_an_answer(lab, tmp_path, how):
    upstream, process = begin(lab, tmp_path, {"events": list(endless())})
    assert process.stdout.read(9) == b"Beginning"
    _, err, seconds = interrupt(process, how)
    assert process.returncode == 130, err
    assert seconds < 1, f"took {seconds:.2f} s"
    assert b"not a whole answer" in err, "what was printed must not pass for an answer"
    assert upstream.cut_off.wait(2), "the upstream goes on paying for an answer nobody reads"
    assert len(upstream.asked) == 1


def test_before_the_first_byte(lab, tmp_path):
    upstream, process = begin(lab, tmp_path, {"delay": 20, "answer": ["late"]})
    wait_for_request(upstream)
    time.sleep(0.2)
    out, err, seconds = interrupt(process)
    assert process.returncode == 130 and out == b"", err
    assert seconds < 1, f"took {seconds:.2f} s"


def test_while_waiting_to_try_again(lab, tmp_path):
    upstream, process = begin(lab, tmp_path, {"status": 429, "headers": {"retry-after": "25"},
                                              "json": {"error": {"code": 429, "message": "wait"}}})
    wait_for_request(upstream)
    time.sleep(0.3)
    _, err, seconds = interrupt(process)
    assert process.returncode == 130, err
    assert seconds < 1, f"took {seconds:.2f} s"
    assert len(upstream.asked) == 1


def test_the_envelope_says_so(lab, tmp_path):
    upstream, process = begin(lab, tmp_path, {"events": list(endless())}, "--json")
    wait_for_request(upstream)
    time.sleep(0.3)
    out, err, _ = interrupt(process)
    assert process.returncode == 130, err
    assert b'"ok":false' in out.replace(b" ", b"") and b'"cancelled"' in out
