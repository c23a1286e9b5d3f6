"""Pictures, when all goes well and when it does not: what is on the disk afterwards counts most."""
import base64
import json
import signal
import time

import pytest

from support import faults
from support.faults import framed
from support.program import Home

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg"
    "==")
OLD = b"what was there before"


def url(data=PNG, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def answer(*urls, content="", **more):
    images = [{"type": "image_url", "image_url": {"url": one}} for one in urls]
    return {"id": "gen-1", "model": "lab/painter", "choices": [
        {"index": 0, "message": {"role": "assistant", "content": content, "images": images},
         "finish_reason": more.pop("finish", "stop")}], "usage": {"cost": 0.04}, **more}


def home_of(lab, tmp_path, **defaults):
    return Home(tmp_path, key="sk-or-v1-images", config={
        "agents": {"defaults": defaults}, "models": {"providers": {"openrouter": {
            "baseUrl": lab.plain_url + "/api/v1", "models": []}}}})


def draw(lab, tmp_path, reply, *more, **kept):
    """One picture to out/x.png, where a file stands already."""
    upstream = lab.serve([{"on": "POST /chat/completions$", "replies": [reply]}])
    home = home_of(lab, tmp_path)
    home.write("out/x.png", OLD)
    result = home.run("infer", "image", "generate", "--prompt", "a lighthouse", "--output",
                      "out/x.png", *more, **kept)
    return home, result, upstream


def left(home):
    return sorted(path.name for path in (home.folder / "out").iterdir())


def test_a_file_is_replaced_by_a_whole_one(lab, tmp_path):
    home, result, _ = draw(lab, tmp_path, {"json": answer(url())})
    assert result.code == 0 and result.out == f"{home.folder}/out/x.png\n", str(result)
    assert (home.folder / "out/x.png").read_bytes() == PNG and left(home) == ["x.png"]


def test_the_bytes_name_the_type(lab, tmp_path):
    home, result, _ = draw(lab, tmp_path, {"json": answer(url(b"\xff\xd8\xff\xe0 jpeg", "image/png"))},
                           "--json")
    assert result.json["outputs"][0]["mimeType"] == "image/jpeg"
    assert left(home) == ["x.jpg", "x.png"], "the name says what it is, and nothing is lost"


def test_bytes_that_nobody_knows_are_kept_and_told(lab, tmp_path):
    home, result, _ = draw(lab, tmp_path, {"json": answer(url(b"some bytes"))})
    assert result.code == 0 and "no picture that chela knows" in result.err, str(result)
    assert (home.folder / "out/x.png").read_bytes() == b"some bytes"


def test_one_broken_picture_does_not_spoil_the_others(lab, tmp_path):
    home, result, _ = draw(lab, tmp_path, {"json": answer(url(), "data:image/png;base64,***", url())})
    assert result.code == 0 and "was not base64" in result.err, str(result)
    assert left(home) == ["x-1.png", "x-2.png", "x.png"]


def test_the_envelope_tells_all(lab, tmp_path):
    _, result, _ = draw(lab, tmp_path, {"json": answer(url(), content="There.")}, "--json",
                        "--quality", "high", "--count", "0")
    envelope = result.json
    output = envelope["outputs"][0]
    assert output["mimeType"] == "image/png" and output["size"] == len(PNG)
    assert (output["width"], output["height"]) == (1, 1)
    assert envelope["usage"] == {"cost": 0.04} and envelope["generationId"] == "gen-1"
    assert envelope["text"] == "There." and envelope["error"] is None
    assert [(o["key"], o["value"], o.get("applied")) for o in envelope["ignoredOverrides"]] == [
        ("count", 0, 1), ("quality", "high", None)]
    assert result.err == "", "with --json nothing is said twice"


WHOLE = json.dumps(answer(url(PNG * 40)))
FAULTS = {
    "image refused": {"status": 402, "json": {"error": {"code": 402, "message": "no credit"}}},
    "image service down": {"status": 503, "json": {"error": {"code": 503, "message": "busy"}}},
    "image hung up": {"hang_up": True},
    "image cut": framed(WHOLE[:900], len(WHOLE)),
    "image cut short, framed well": framed(WHOLE[:900]),
    "image late": {"json": answer(url()), "delay": 3},
    "image endless": faults.endless(" ", "application/json"),
    "image as HTML": {"text": "<html><title>Sign in</title></html>"},
    "image not JSON": framed("{'image': 1}"),
    "image with an error": {"json": {"error": {"code": 429, "message": "slow down"}}},
    "image without a picture": {"json": answer(content="I would rather not.")},
    "image withheld": {"json": answer(finish="content_filter")},
    "image not base64": {"json": answer("data:image/png;base64,***")},
    "image empty answer": framed("{}"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault(lab, tmp_path, fault):
    home, result, upstream = draw(lab, tmp_path, FAULTS[fault], "--json", "--timeout-ms", "1500")
    faults.check(fault, result, len(upstream.asked))
    assert len(upstream.asked) == 1, "a submission is never repeated"
    assert (home.folder / "out/x.png").read_bytes() == OLD and left(home) == ["x.png"]
    assert result.json["attempts"][0]["ok"] is False


def test_interrupted(lab, tmp_path):
    lab.serve([{"on": "POST /chat/completions$", "replies": [{"json": answer(url()), "delay": 8}]}])
    home = home_of(lab, tmp_path)
    process = home.start("infer", "image", "generate", "--prompt", "x", "--output", "out/x.png")
    while not lab.upstream.asked:
        time.sleep(0.02)
    at = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=5)
    assert process.returncode == 130 and time.monotonic() - at < 1, err
    assert left(home) == []


def test_what_cannot_be_written_is_told_before_it_is_paid_for(lab, tmp_path):
    upstream = lab.serve([{"on": "POST /chat/completions$", "replies": [{"json": answer(url())}]}])
    home = home_of(lab, tmp_path)
    home.write("file", "x")
    result = home.run("infer", "image", "generate", "--prompt", "x", "--output", "file/x.png")
    assert result.code == 74 and "file" in result.err, str(result)
    assert not upstream.asked


def test_explain_sends_and_writes_nothing(lab, tmp_path):
    upstream = lab.serve([])
    home = home_of(lab, tmp_path)
    home.write("a.png", PNG)
    before = home.tree()
    result = home.run("explain", "--json", "infer", "image", "edit", "--prompt", "at night", "--file",
                      "a.png", "--file", "https://example.org/b.png", "--size", "1024x1024")
    shown = result.json
    assert not upstream.seen and home.tree() == before
    assert shown["method"] == "POST" and shown["url"].endswith("/api/v1/chat/completions")
    parts = shown["body"]["messages"][0]["content"]
    assert parts[1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert parts[2]["image_url"]["url"] == "https://example.org/b.png"
    rules = {change["rule"] for change in shown["changes"]}
    assert {"authorization", "attribution", "image-config", "image-hints"} <= rules
    assert "sk-or-v1-images" not in result.out


def test_providers_in_openclaws_shape(tmp_path):
    result = Home(tmp_path, key="sk-or-v1-x").run("infer", "image", "providers", "--json")
    provider = result.json[0]
    assert provider["id"] == "openrouter" and provider["configured"] is True
    assert provider["defaultModel"] in provider["models"]
    assert provider["capabilities"]["edit"]["maxInputImages"] == 5
    assert "16:9" in provider["capabilities"]["geometry"]["aspectRatios"]


def test_fewer_than_were_asked_for(lab, tmp_path):
    _, result, _ = draw(lab, tmp_path, {"json": answer(url())}, "--count", "3")
    assert result.code == 0 and "the model made 1 picture of 3" in result.err, str(result)


def test_into_a_pipe(lab, tmp_path):
    lab.serve([{"on": "POST /chat/completions$", "replies": [{"json": answer(url(), url(b"GIF89a more"))}]}])
    home = home_of(lab, tmp_path)
    result = home.run("infer", "image", "generate", "--prompt", "a lighthouse", "--output", "-")
    kept, = (home.home / ".state/chela/media").iterdir()
    assert result.code == 0 and result.raw_out == PNG, str(result)
    assert f"kept: {kept}" in result.err and kept.read_bytes() == b"GIF89a more"
    result = home.run("infer", "image", "generate", "--prompt", "x", "--output", "-", "--count", "2")
    assert result.code == 64 and "takes one picture" in result.err
