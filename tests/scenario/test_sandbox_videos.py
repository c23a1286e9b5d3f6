"""local/scene-motion through /videos: states, files that ffprobe reads, frames, faults, ends that are
asked for, and what is left when the engine or the sandbox dies."""
import base64
import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from support.media import FAULT, ask, data_url, error_of, json_of
from support.program import binary
from support.sandbox import Sandbox


def submit(url, prompt="a crab walks on the beach", **more):
    answer = json_of(ask(url, "/videos", {"model": "local/scene-motion", "prompt": prompt, "duration": 1,
                                          "size": "320x180", **more}), 202)
    assert answer["status"] == "pending" and len(answer["id"]) > 20
    assert answer["polling_url"] == f"{url}/videos/{answer['id']}"
    return answer


def poll(url, job):
    return json_of(ask(url, "/videos/" + job["id"]))


def finish(url, job, patience=120):
    """Every state that was seen, and the last answer."""
    states, end = ["pending"], time.monotonic() + patience
    while time.monotonic() < end:
        answer = poll(url, job)
        if answer["status"] != states[-1]:
            states.append(answer["status"])
        if answer["status"] not in ("pending", "in_progress"):
            return states, answer
        time.sleep(0.05)
    raise AssertionError(f"no end after {patience} s: {states}")


def video(url, **more):
    job = submit(url, **more)
    states, answer = finish(url, job)
    assert states[-1] == "completed", answer
    assert answer["unsigned_urls"] == [f"{url}/videos/{job['id']}/content?index=0"]
    status, headers, body = ask(url, f"/videos/{job['id']}/content?index=0")
    assert status == 200 and headers["Content-Type"] == "video/mp4" and int(headers["Content-Length"]) == len(body)
    return body


def probe(mp4, tmp_path):
    path = tmp_path / "video.mp4"
    path.write_bytes(mp4)
    done = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path],
                          capture_output=True, check=True)
    found = json.loads(done.stdout)
    return {s["codec_type"]: s for s in found["streams"]}, float(found["format"]["duration"])


def frame(mp4, tmp_path, seconds, size="32:18"):
    """One frame as small RGB bytes."""
    path = tmp_path / "frame.mp4"
    path.write_bytes(mp4)
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-ss", str(seconds), "-frames:v", "1", "-vf",
                           f"scale={size}:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"],
                          capture_output=True, check=True)
    return done.stdout


def picture(url, prompt, size="320x180"):
    answer = json_of(ask(url, "/images", {"model": "x", "prompt": prompt, "size": size}))
    return base64.b64decode(answer["data"][0]["b64_json"])


def small(png, size="32:18"):
    return subprocess.run(["ffmpeg", "-v", "error", "-i", "pipe:0", "-vf", f"scale={size}:flags=area", "-f", "rawvideo",
                           "-pix_fmt", "rgb24", "pipe:1"], input=png, capture_output=True, check=True).stdout


def distance(a, b):
    assert len(a) == len(b) > 0
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)


def test_a_job_goes_through_its_states(sandbox):
    job = submit(sandbox.url)
    states, answer = finish(sandbox.url, job)
    assert states == ["pending", "in_progress", "completed"]
    assert answer["model"] == "local/scene-motion" and answer["usage"] == {"cost": 0, "is_byok": False}
    assert answer["generation_id"].startswith("gen-") and "error" not in answer


@pytest.mark.parametrize("asked,size,seconds", [
    ({"size": "320x180", "duration": 2}, (320, 180), 2), ({"size": None, "resolution": "480p", "duration": 1}, (854, 480), 1),
    ({"size": None, "aspect_ratio": "9:16", "resolution": "720p", "duration": 1}, (720, 1280), 1),
    ({"size": None, "aspect_ratio": "1:1", "resolution": "480p", "duration": 3}, (480, 480), 3)])
def test_size_and_duration(sandbox, tmp_path, asked, size, seconds):
    streams, duration = probe(video(sandbox.url, **asked), tmp_path)
    picture_stream = streams["video"]
    assert picture_stream["codec_name"] == "h264" and picture_stream["pix_fmt"] == "yuv420p"
    assert (picture_stream["width"], picture_stream["height"]) == size
    assert int(picture_stream["nb_frames"]) == 24 * seconds
    assert abs(float(picture_stream["duration"]) - seconds) < 0.001 and abs(duration - seconds) < 0.05


def test_sound(sandbox, tmp_path):
    with_sound = video(sandbox.url, prompt="waves on the beach", duration=2)
    streams, _ = probe(with_sound, tmp_path)
    assert streams["audio"]["codec_name"] == "aac" and abs(float(streams["audio"]["duration"]) - 2) < 0.05
    pcm = subprocess.run(["ffmpeg", "-v", "error", "-i", tmp_path / "video.mp4", "-ac", "1", "-f", "s16le", "pipe:1"],
                         capture_output=True, check=True).stdout
    assert max(abs(int.from_bytes(pcm[i:i + 2], "little", signed=True)) for i in range(0, len(pcm), 2)) > 1500
    streams, _ = probe(video(sandbox.url, generate_audio=False), tmp_path)
    assert set(streams) == {"video"}


def test_it_moves_and_the_file_can_be_streamed(sandbox, tmp_path):
    mp4 = video(sandbox.url, prompt="a crab walks on the beach", duration=2)
    assert 0.3 < distance(frame(mp4, tmp_path, 0), frame(mp4, tmp_path, 1.5))
    assert mp4.find(b"moov") < mp4.find(b"mdat")  # the index is in front


def test_the_seed_decides(sandbox):
    videos = [video(sandbox.url, generate_audio=False, seed=seed) for seed in (3, 3, 4)]
    assert videos[0] == videos[1] != videos[2]


def test_first_and_last_frame(sandbox, tmp_path):
    house, castle = picture(sandbox.url, "a house"), picture(sandbox.url, "a castle at night")
    frames = [{"type": "image_url", "image_url": {"url": data_url(png)}, "frame_type": kind}
              for png, kind in ((house, "first_frame"), (castle, "last_frame"))]
    mp4 = video(sandbox.url, prompt="snow falls", duration=2, frame_images=frames)
    first, last = frame(mp4, tmp_path, 0), frame(mp4, tmp_path, 47 / 24)
    assert distance(first, small(house)) < 4 and distance(last, small(castle)) < 4
    middle = frame(mp4, tmp_path, 1)
    assert distance(middle, small(house)) > 8 and distance(middle, small(castle)) > 8
    only_last = video(sandbox.url, prompt="a boat", frame_images=frames[1:])
    assert distance(frame(only_last, tmp_path, 23 / 24), small(castle)) < 4


def test_references_are_shown(sandbox, tmp_path):
    reference = {"type": "image_url", "image_url": {"url": data_url(picture(sandbox.url, "a red background icon"))}}
    with_it = video(sandbox.url, prompt="a boat", input_references=[reference])
    without = video(sandbox.url, prompt="a boat")
    assert distance(frame(with_it, tmp_path, 0.5), frame(without, tmp_path, 0.5)) > 2


@pytest.mark.parametrize("body,said", [
    ({"model": "x"}, "prompt"), ({"prompt": "x"}, "model"), ({"model": "x", "prompt": "x", "duration": 0}, "duration"),
    ({"model": "x", "prompt": "x", "duration": 31}, "duration"), ({"model": "x", "prompt": "x", "duration": 2.5}, "duration"),
    ({"model": "x", "prompt": "x", "size": "9x9"}, "size"), ({"model": "x", "prompt": "x", "resolution": "8K"}, "resolution"),
    ({"model": "x", "prompt": "x", "aspect_ratio": "5:1"}, "aspect_ratio"),
    ({"model": "x", "prompt": "x", "frame_images": [{"frame_type": "middle"}]}, "frame_type"),
    ({"model": "x", "prompt": "x", "input_references": [{"image_url": {"url": "https://example.com/a.png"}}]}, "fetches nothing")])
def test_mistakes_are_named(sandbox, body, said):
    assert said in error_of(ask(sandbox.url, "/videos", body), 400)


def test_a_broken_picture_fails_the_job(sandbox):
    frames = [{"image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}, "frame_type": "first_frame"}]
    states, answer = finish(sandbox.url, submit(sandbox.url, frame_images=frames))
    assert states[-1] == "failed" and "broken" in answer["error"]


@pytest.mark.parametrize("end", ["failed", "cancelled", "expired"])
def test_ends_can_be_asked_for(sandbox, end):
    job = submit(sandbox.url, prompt=f"a cat sandbox:{end}")
    states, answer = finish(sandbox.url, job)
    assert states == ["pending", "in_progress", end] and answer["error"]
    assert "unsigned_urls" not in answer
    assert end in error_of(ask(sandbox.url, f"/videos/{job['id']}/content"), 400)


def test_a_stuck_job_holds_nobody_up(sandbox):
    stuck = submit(sandbox.url, prompt="sandbox:stuck")
    assert finish(sandbox.url, submit(sandbox.url))[0][-1] == "completed"
    assert poll(sandbox.url, stuck)["status"] == "in_progress"
    assert "in_progress" in error_of(ask(sandbox.url, f"/videos/{stuck['id']}/content"), 400)


def test_unknown_jobs(sandbox):
    assert "no video job" in error_of(ask(sandbox.url, "/videos/nobody"), 404)
    assert error_of(ask(sandbox.url, "/videos/nobody/content"), 404)


def test_faults_on_submit_poll_and_download(sandbox):
    body = {"model": "x", "prompt": "a cat", "duration": 1, "size": "160x90"}
    assert error_of(ask(sandbox.url, "/videos", body, headers={FAULT: "status=503"}), 503)
    job = submit(sandbox.url)
    assert error_of(ask(sandbox.url, "/videos/" + job["id"], headers={FAULT: "status=500"}), 500)
    assert finish(sandbox.url, job)[0][-1] == "completed"
    content = f"/videos/{job['id']}/content"
    with pytest.raises(Exception):
        ask(sandbox.url, content, headers={FAULT: "cut=1000"})
    _, headers, page = ask(sandbox.url, content, headers={FAULT: "html"})
    assert headers["Content-Type"].startswith("text/html") and page
    _, headers, _ = ask(sandbox.url, content, headers={FAULT: "wrong-type"})
    assert headers["Content-Type"] == "application/x-unexpected"
    assert ask(sandbox.url, content)[0] == 200  # none of it hurt the file


def test_the_catalogue(sandbox):
    rows = json_of(ask(sandbox.url, "/videos/models"))["data"]
    assert [row["id"] for row in rows] == ["local/scene-motion"]
    assert rows[0]["supported_durations"][:4] == [1, 2, 3, 4] and "720p" in rows[0]["supported_resolutions"]
    assert rows[0]["supported_frame_images"] == ["first_frame", "last_frame"] and rows[0]["generate_audio"] is True
    assert "1280x720" in rows[0]["supported_sizes"]


def test_too_many_wait(sandbox):
    body = {"model": "x", "prompt": "a cat", "duration": 3, "size": "640x360"}
    answers = [ask(sandbox.url, "/videos", body) for _ in range(20)]
    assert [answer[0] for answer in answers].count(202) <= 16
    assert "wait already" in error_of(answers[-1], 429)


# ---- the child ----

def children(pid, name):
    """Processes below pid whose program is called so."""
    out = subprocess.run(["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in out.splitlines()]
    found, todo = [], [str(pid)]
    while todo:
        parent = todo.pop()
        for child, of, comm in rows:
            if of == parent:
                todo.append(child)
                found += [int(child)] if comm.strip().startswith(name) else []
    return found


def wait_until(check, patience=20):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if check():
            return True
        time.sleep(0.05)
    return False


def test_an_engine_that_dies_is_started_again_and_the_job_is_finished(tmp_path):
    with Sandbox(folder=tmp_path) as own:
        job = submit(own.url, duration=8, size="640x360")
        assert wait_until(lambda: poll(own.url, job)["status"] == "in_progress")
        assert wait_until(lambda: children(own.process.pid, "ffmpeg"))
        (engine,) = children(own.process.pid, "chela-engines")
        os.kill(engine, signal.SIGKILL)
        assert finish(own.url, job)[0][-1] == "completed"
        assert children(own.process.pid, "chela-engines") != [engine]
        own.process.send_signal(signal.SIGTERM)
        own.process.wait(20)
        assert "ended by signal 9" in own.log.read_text()


@pytest.fixture
def scratch():
    """A TMPDIR with a short name: a socket's path must fit."""
    with tempfile.TemporaryDirectory(prefix="chela-t") as folder:
        yield Path(folder)


def folders(scratch):
    return list(scratch.glob("chela-sandbox-*"))


def test_nothing_is_left_when_the_sandbox_ends(tmp_path, scratch):
    with Sandbox(folder=tmp_path / "s", env={"TMPDIR": str(scratch)}) as own:
        job = submit(own.url)
        finish(own.url, job)
        assert list(folders(scratch)[0].glob("*.mp4"))
        below = children(own.process.pid, "chela-engines")
    assert not folders(scratch) and wait_until(lambda: not Path(f"/proc/{below[0]}").exists())


def test_what_a_killed_sandbox_left_is_found(tmp_path, scratch):
    env = {"TMPDIR": str(scratch)}
    killed = Sandbox(folder=tmp_path / "killed", env=env).__enter__()
    try:
        submit(killed.url, duration=20, size="640x360")
        assert wait_until(lambda: children(killed.process.pid, "ffmpeg"))
        below = children(killed.process.pid, "")
    finally:
        killed.process.kill()  # it cannot clean up
        killed.process.communicate()
    assert wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in below)), "a child outlived its sandbox"
    (left,) = folders(scratch)
    os.utime(left, (0, 0))
    with Sandbox(folder=tmp_path / "next", env=env) as own:
        assert json_of(ask(own.url, "/models"))["total_count"] > 3  # the engines are up, so it has a folder
        assert left not in folders(scratch) and len(folders(scratch)) == 1
    assert not folders(scratch)


def test_without_a_tool_its_engine_alone_is_absent(tmp_path):
    """A PATH without ffmpeg and espeak-ng: no video, pictures and speech still."""
    bare = tmp_path / "bin"
    bare.mkdir()
    with Sandbox(folder=tmp_path / "s", env={"PATH": str(bare)}) as own:
        ids = [row["id"] for row in json_of(ask(own.url, "/models"))["data"]]
        assert "local/scene-motion" not in ids and {"local/scene", "local/flite-slt", "local/hash-256"} <= set(ids)
        assert json_of(ask(own.url, "/videos/models"))["data"] == []
        states, answer = finish(own.url, submit(own.url))
        assert states[-1] == "failed" and "ffmpeg" in answer["error"]
        mp3 = {"model": "x", "input": "hello", "response_format": "mp3"}
        assert "package ffmpeg" in error_of(ask(own.url, "/audio/speech", mp3), 502)
        assert ask(own.url, "/audio/speech", dict(mp3, response_format="wav"))[0] == 200
        korean = {"model": "x", "input": "안녕하세요", "response_format": "wav"}
        assert "package espeak-ng" in error_of(ask(own.url, "/audio/speech", korean), 502)


def test_without_the_program_there_is_still_chat(tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "chela-gateway").write_bytes(binary("chela-gateway").read_bytes())
    (alone / "chela-gateway").chmod(0o755)
    process = subprocess.Popen([alone / "chela-gateway", "sandbox", "--port", "0", "--quiet"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    try:
        url = process.stdout.readline().split(" on ")[1].strip()
        assert len(json_of(ask(url, "/models"))["data"]) == 3
        body = {"model": "x", "prompt": "a cat"}
        assert "chela-engines" in error_of(ask(url, "/images", body), 502)
        states, answer = finish(url, submit(url))
        assert states[-1] == "failed" and "chela-engines" in answer["error"]
    finally:
        process.terminate()
        process.wait(10)
