"""What a video model offers is read from GET /videos/models, once a day, and hints are held against
it; where it cannot be had, what is bundled serves. The list never costs a video."""
import base64
import time

import pytest

from support.program import Home

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"film" * 200
LIST = {"data": [
    {"id": "acme/reel", "name": "Reel", "supported_durations": [5, 10],
     "supported_resolutions": ["480p", "720p", "4K"], "supported_aspect_ratios": ["1:1", "21:9"],
     "supported_sizes": ["480x480", "1680x720"], "supported_frame_images": ["first_frame"],
     "generate_audio": False, "seed": False},
    {"id": "acme/any", "supported_durations": None, "supported_resolutions": None,
     "supported_aspect_ratios": None, "supported_sizes": None, "supported_frame_images": None,
     "generate_audio": None, "seed": None}]}
HINTS = ("--duration", "7", "--resolution", "2160P", "--aspect-ratio", "16:9", "--size", "500x500")
BUNDLED = {"duration": 8, "resolution": "1080p", "aspect_ratio": "16:9", "size": "500x500"}


def serve(lab, models=None):
    return lab.serve([
        {"on": "GET /videos/models$", "replies": [models or {"json": LIST}]},
        {"on": "POST /videos$", "replies": [{"status": 202, "json": {
            "id": "job-1", "status": "completed", "polling_url": "/api/v1/videos/job-1"}}]},
        {"on": "GET /content$", "replies": [
            {"base64": base64.b64encode(MP4).decode(), "type": "video/mp4"}]}])


@pytest.fixture
def home(lab, tmp_path):
    return Home(tmp_path, key="sk-or-v1-offer", config={"models": {"providers": {"openrouter": {
        "baseUrl": lab.plain_url + "/api/v1", "models": []}}}})


def film(home, *more, model="acme/reel", code=0):
    result = home.run("infer", "video", "generate", "--prompt", "waves", "--json",
                      "--model", "openrouter/" + model, *more)
    assert result.code == code, str(result)
    return result.json


def looks(upstream):
    return [request for request in upstream.seen if request.path.endswith("/videos/models")]


def sent(upstream):
    [body] = [request.body for request in upstream.seen if request.method == "POST"]
    return {key: value for key, value in body.items() if key not in ("model", "prompt")}


def test_hints_are_snapped_to_what_the_model_offers(lab, home):
    upstream = serve(lab)
    ignored = film(home, *HINTS, "--audio", "--seed", "3")["ignoredOverrides"]
    assert sent(upstream) == {"duration": 5, "resolution": "4K", "aspect_ratio": "21:9",
                              "size": "480x480"}
    assert {hint["key"]: hint.get("applied") for hint in ignored} == {
        "durationSeconds": 5, "resolution": "4K", "aspectRatio": "21:9", "size": "480x480",
        "audio": None, "seed": None}
    [look] = looks(upstream)
    assert look.headers["authorization"] == "Bearer sk-or-v1-offer"


def test_a_model_that_lists_nothing_takes_anything(lab, home):
    upstream = serve(lab)
    assert film(home, *HINTS, "--audio", "--seed", "3", model="acme/any")["ignoredOverrides"] == []
    assert sent(upstream) == {"duration": 7, "resolution": "2160p", "aspect_ratio": "16:9",
                              "size": "500x500", "generate_audio": True, "seed": 3}


def test_the_list_is_asked_for_when_it_matters_and_kept(lab, home):
    upstream = serve(lab)
    film(home)
    assert not looks(upstream), "no hint, no look"
    film(home, "--duration", "7")
    film(home, "--duration", "7", model="acme/other")
    assert len(looks(upstream)) == 1
    bodies = [request.body for request in upstream.seen if request.method == "POST"]
    assert [body.get("duration") for body in bodies] == [None, 5, 8], "one that is not listed: as bundled"
    upstream = serve(lab)
    plan = home.run("explain", "--json", "infer", "video", "generate", "--prompt", "waves",
                    "--model", "openrouter/acme/reel", "--duration", "7").json
    assert plan["body"]["duration"] == 5 and not upstream.seen


def test_explain_does_not_ask(lab, home):
    upstream = serve(lab)
    plan = home.run("explain", "--json", "infer", "video", "generate", "--prompt", "waves",
                    "--model", "openrouter/acme/reel", "--duration", "7").json
    assert plan["body"]["duration"] == 8 and not upstream.seen
    assert "without asking the service" in [change["reason"] for change in plan["changes"]
                                            if change["rule"] == "video-hints"][0]


FAULTS = {
    "not there": {"status": 404, "json": {"error": {"code": 404, "message": "no"}}},
    "refused": {"status": 401, "json": {"error": {"code": 401, "message": "no"}}},
    "server": {"status": 503, "text": "busy"},
    "page": {"text": "<html></html>", "type": "text/html"},
    "no JSON": {"text": "{", "type": "application/json"},
    "chat models": {"json": {"data": [{"id": "acme/reel", "context_length": 4096}]}},
    "empty": {"json": {"data": []}},
    "too large": {"text": " " * (5 << 20), "type": "application/json"},
    "hung up": {"hang_up": True},
    "slow": {"delay": 20, "json": LIST},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_without_it_the_bundled_one_serves(lab, home, fault):
    upstream = serve(lab, FAULTS[fault])
    start = time.monotonic()
    film(home, *HINTS)
    assert sent(upstream) == BUNDLED and time.monotonic() - start < 12
    assert len(looks(upstream)) == 1, "asked once, not again and again"


def test_an_old_list_is_better_than_none(lab, home):
    serve(lab)
    film(home, "--duration", "7")
    [cache] = home.folder.rglob("video-models.json")
    assert cache.stat().st_mode & 0o777 == 0o600
    text = cache.read_text()
    begin = text.index('"fetchedAtMs":') + len('"fetchedAtMs":')
    cache.write_text(text[:begin] + "1" + text[text.index(",", begin):])
    upstream = serve(lab, FAULTS["server"])
    film(home, "--duration", "7")
    assert looks(upstream) and sent(upstream)["duration"] == 5


def test_the_key_does_not_follow_a_redirect(lab, home):
    other = lab.plain_url.replace("127.0.0.1", "localhost")
    upstream = serve(lab, {"status": 302, "json": {}, "headers": {
        "Location": other + "/elsewhere/videos/models"}})
    upstream.rules.insert(0, {"on": "GET /elsewhere/", "replies": [{"json": LIST}], "given": 0})
    film(home, "--duration", "7")
    assert sent(upstream)["duration"] == 5, "it was led there"
    assert [("authorization" in look.headers, look.origin) for look in looks(upstream)] == [
        (True, lab.plain_url), (False, other)]


def test_frames_that_the_model_does_not_take(lab, home):
    home.write("a.png", base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="))
    upstream = serve(lab)
    error = film(home, "--last-frame", "a.png", code=65)["error"]
    assert "acme/reel takes no picture as last_frame" in error["message"], error
    assert "first_frame" in error["hint"] and not [r for r in upstream.seen if r.method == "POST"]
    film(home, "--image", "a.png", "--image", "./a.png")
    body = sent(upstream)
    assert [frame["frame_type"] for frame in body["frame_images"]] == ["first_frame"]
    assert len(body["input_references"]) == 1


@pytest.mark.parametrize("asked,hint", [
    ("acme/real", "did you mean openrouter/acme/reel?"), ("other/thing", "infer video providers"),
    ("acme/reel", "openrouter.ai/models")])
def test_a_model_that_is_not_there(lab, home, asked, hint):
    upstream = serve(lab)
    upstream.rules.insert(0, {"on": "POST /videos$", "given": 0, "replies": [
        {"status": 404, "json": {"error": {"code": 404, "message": "no such model"}}}]})
    error = film(home, model=asked, code=69)["error"]
    assert hint in error["hint"] and "no such model" in error["message"], error


def providers(home, *more):
    result = home.run("infer", "video", "providers", *more)
    assert result.code == 0, str(result)
    return result


def test_providers_lists_them(lab, home):
    config = {"agents": {"defaults": {"videoGenerationModel": "openrouter/acme/reel"}},
              "models": {"providers": {"openrouter": {"baseUrl": lab.plain_url + "/api/v1",
                                                      "models": []}}}}
    home.write("home/.openclaw/openclaw.json", config)
    upstream = serve(lab)
    [provider] = providers(home, "--json").json
    generate = provider["capabilities"]["generate"]
    assert provider["models"] == ["acme/reel", "acme/any"]
    assert generate == provider["modelCapabilities"]["acme/reel"]
    assert generate["supportedDurationSeconds"] == [5, 10]
    assert generate["resolutions"] == ["480P", "720P", "4K"]
    assert generate["frames"] == ["first_frame"] and generate["supportsAudio"] is False
    text = providers(home).out
    assert "acme/reel, acme/any" in text and "5, 10 seconds" in text and "1:1, 21:9" in text, text
    assert len(looks(upstream)) == 1


def test_providers_off_line(home):
    home.write("home/.openclaw/openclaw.json", {"models": {"providers": {"openrouter": {
        "baseUrl": "http://127.0.0.1:9/api/v1", "models": []}}}})
    [provider] = providers(home, "--json").json
    assert provider["models"] == ["google/veo-3.1-fast"]
    assert provider["capabilities"]["generate"]["supportedDurationSeconds"] == [4, 6, 8]
