"""local/scene through every route that gives pictures: size, type, seed, edits, shapes of the answer."""
import base64
import json
import subprocess

import pytest

from support.media import (FAULT, ask, data_url, distance, error_of, events, json_of, pixels,
                           png_size)
from support.program import binary

CASTLE = "three red balloons above a castle"


def image(url, **more):
    """The bytes of the only picture that /images gives."""
    answer = json_of(ask(url, "/images", {"model": "local/scene", "prompt": CASTLE, **more}))
    assert len(answer["data"]) == 1
    return base64.b64decode(answer["data"][0]["b64_json"])


@pytest.mark.parametrize("asked,size", [
    ({}, (1024, 1024)), ({"aspect_ratio": "16:9"}, (1344, 768)),
    ({"aspect_ratio": "9:16", "resolution": "512"}, (384, 672)), ({"size": "300x200"}, (300, 200)),
    ({"size": "2K", "aspect_ratio": "21:9"}, (3072, 1344))])
def test_size(sandbox, asked, size):
    assert png_size(image(sandbox.url, **asked)) == size


@pytest.mark.parametrize("format,magic", [("png", b"\x89PNG"), ("jpeg", b"\xff\xd8\xff"), ("webp", b"RIFF")])
def test_format(sandbox, format, magic):
    answer = json_of(ask(sandbox.url, "/images", {"model": "x", "prompt": "a crab", "size": "256x256",
                                                  "output_format": format}))
    assert base64.b64decode(answer["data"][0]["b64_json"]).startswith(magic)
    assert answer["data"][0]["media_type"] == f"image/{format}"


def test_the_seed_decides(sandbox):
    small = {"size": "256x256"}
    assert image(sandbox.url, **small) == image(sandbox.url, seed=0, **small)
    assert image(sandbox.url, seed=1, **small) == image(sandbox.url, seed=1, **small)
    assert image(sandbox.url, seed=1, **small) != image(sandbox.url, seed=2, **small)


def test_what_is_named_is_seen(sandbox):
    """A red ground is red, night is dark, snow is bright."""
    def mean(prompt):
        raw = pixels(image(sandbox.url, prompt=prompt, size="256x256"), 1, 1)
        return tuple(raw)
    red, green, blue = mean("an icon on a red background")
    assert red > 150 and red > 2 * green and red > 2 * blue
    assert sum(mean("a house at night")) < sum(mean("a house")) * 0.6
    assert sum(mean("a house in winter")) > sum(mean("a house"))


def test_an_edit_keeps_the_picture_and_adds(sandbox):
    first = image(sandbox.url, aspect_ratio="16:9", resolution="512")
    other = image(sandbox.url, prompt="fish in the sea", aspect_ratio="16:9", resolution="512")
    part = {"type": "image_url", "image_url": {"url": data_url(first)}}
    edited = image(sandbox.url, prompt="add a big sun", input_references=[part], resolution="512")
    assert png_size(edited)[0] > png_size(edited)[1]  # the proportions of what was sent
    assert 0 < distance(first, edited) < 12 < distance(other, edited)
    form = [("model", "x"), ("prompt", "add a big sun"), ("resolution", "512"), ("image", ("a.png", first))]
    answer = json_of(ask(sandbox.url, "/images/edits", form=form))
    assert base64.b64decode(answer["data"][0]["b64_json"]) == edited


def test_a_jpeg_can_be_edited(sandbox):
    jpeg = image(sandbox.url, size="320x240", output_format="jpeg")
    form = [("prompt", "at night"), ("image[]", ("a.jpg", jpeg)), ("size", "320x240")]
    answer = json_of(ask(sandbox.url, "/images/edits", form=form))
    night = base64.b64decode(answer["data"][0]["b64_json"])
    assert sum(pixels(night)) < sum(pixels(jpeg)) * 0.75


# ---- the shapes of the answer ----

def test_openais_route(sandbox):
    answer = json_of(ask(sandbox.url, "/images/generations", {"model": "dall-e-3", "prompt": "a cat", "n": 2,
                                                              "size": "256x256"}))
    pictures = [base64.b64decode(one["b64_json"]) for one in answer["data"]]
    assert [png_size(png) for png in pictures] == [(256, 256)] * 2 and pictures[0] != pictures[1]
    assert isinstance(answer["created"], int) and answer["usage"]["total_tokens"] > 0
    assert answer["model"] == "local/scene"


def test_images_streamed(sandbox):
    _, headers, body = ask(sandbox.url, "/images", {"model": "local/scene", "prompt": "a cat", "n": 2,
                                                    "size": "256x256", "stream": True})
    assert headers["Content-Type"].startswith("text/event-stream")
    done = events(body)
    assert [event["type"] for event in done] == ["image_generation.completed"] * 2
    assert png_size(base64.b64decode(done[1]["b64_json"])) == (256, 256)
    assert done[1]["media_type"] == "image/png" and done[1]["usage"]["completion_tokens"] > 0


def chat(url, content, **more):
    return ask(url, "/chat/completions", {"model": "google/gemini-3.1-flash-image-preview",
                                          "messages": [{"role": "user", "content": content}],
                                          "modalities": ["image", "text"], **more})


def picture_of(message):
    url = message["images"][0]["image_url"]["url"]
    assert message["images"][0]["type"] == "image_url" and url.startswith("data:image/png;base64,")
    return base64.b64decode(url.partition(",")[2])


def test_chat_gives_pictures(sandbox):
    answer = json_of(chat(sandbox.url, "a cat wearing a hat", n=2,
                          image_config={"aspect_ratio": "16:9", "image_size": "1K"}))
    assert answer["object"] == "chat.completion" and answer["model"] == "local/scene"
    assert answer["system_fingerprint"] is None and isinstance(answer["created"], int)
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    for choice in answer["choices"]:
        assert choice["finish_reason"] == "stop" and choice["message"]["role"] == "assistant"
        assert "cat, hat" in choice["message"]["content"]
        assert png_size(picture_of(choice["message"])) == (1344, 768)
    assert answer["usage"]["completion_tokens_details"]["image_tokens"] > 0


def test_chat_streams_pictures(sandbox):
    chunks = events(chat(sandbox.url, "a cat", stream=True, image_config={"image_size": "512"})[2])
    assert all(chunk["object"] == "chat.completion.chunk" for chunk in chunks)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    assert deltas[0]["role"] == "assistant" and "cat" in deltas[0]["content"]
    assert png_size(picture_of(deltas[1])) == (512, 512)
    assert [c["choices"][0]["finish_reason"] for c in chunks if c["choices"]] == [None, None, "stop"]
    assert chunks[-1]["choices"] == [] and chunks[-1]["usage"]["cost"] == 0


def test_chat_edits_what_it_made(sandbox):
    first = json_of(chat(sandbox.url, CASTLE, image_config={"image_size": "512"}))["choices"][0]["message"]
    answer = json_of(ask(sandbox.url, "/chat/completions", {
        "model": "local/scene", "image_config": {"image_size": "512"},
        "messages": [{"role": "user", "content": CASTLE}, first,
                     {"role": "user", "content": "now add a big moon"}]}))
    assert 0 < distance(picture_of(first), picture_of(answer["choices"][0]["message"])) < 15


def test_without_modalities_it_talks(sandbox):
    answer = json_of(ask(sandbox.url, "/chat/completions", {
        "model": "google/gemini-3.1-flash-image-preview", "messages": [{"role": "user", "content": "What is 2+2?"}]}))
    assert "images" not in answer["choices"][0]["message"] and answer["model"] == "sandbox/agent"


# ---- asked for in a conversation ----

@pytest.mark.parametrize("wish,kind", [
    ("draw a picture of a cat beside a red house", "image/png"), ("고양이 그림을 그려줘", "image/png"),
    ("make a short video of a boat on the sea", "video/mp4"),
    ('Say "hello there my friend" aloud', "audio/mpeg")])
def test_a_wish_is_fulfilled_by_chelas_own_tools(sandbox_home, wish, kind):
    result = sandbox_home.run("agent", "--message", wish, "--json", timeout=120)
    made = [output for output in result.json["outputs"] if "path" in output]
    assert result.code == 0 and [output["mimeType"] for output in made] == [kind], str(result)


# ---- what is refused ----

@pytest.mark.parametrize("body,said", [
    ({}, "prompt"), ({"prompt": " "}, "prompt"), ({"prompt": 5}, "prompt: expected a string"),
    ({"prompt": "x", "n": 0}, "n: expected an integer from 1 to 10"),
    ({"prompt": "x", "size": "10x10"}, "64 to 4096"), ({"prompt": "x", "size": "big"}, "size"),
    ({"prompt": "x", "size": "300x300", "aspect_ratio": "1:1"}, "size"),
    ({"prompt": "x", "aspect_ratio": "7:5"}, "aspect_ratio"), ({"prompt": "x", "resolution": "9K"}, "resolution"),
    ({"prompt": "x", "output_format": "svg"}, "output_format"), ({"prompt": "x", "seed": "a"}, "seed"),
    ({"prompt": "x", "input_references": [{"image_url": {"url": "https://example.com/a.png"}}]}, "fetches nothing"),
    ({"prompt": "x", "input_references": [{"image_url": {"url": "data:image/png;base64,AAAA"}}]}, "neither PNG"),
    ({"prompt": "x", "input_references": [{"image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}]}, "broken"),
])
def test_mistakes_are_named(sandbox, body, said):
    assert said in error_of(ask(sandbox.url, "/images", body), 400)


def test_a_picture_that_lies_about_its_size(sandbox):
    huge = bytes.fromhex("89504e470d0a1a0a0000000d49484452") + b"\x7f\xff\xff\xff" * 2 + b"\x08\x02\0\0\0\0\0\0\0"
    body = {"prompt": "x", "size": "64x64", "input_references": [{"image_url": {"url": data_url(huge)}}]}
    assert "too large" in error_of(ask(sandbox.url, "/images", body), 413)


def test_keys_and_faults_hold_here_too(sandbox):
    body = {"model": "x", "prompt": "a cat", "size": "64x64"}
    bad = {"Authorization": "Bearer sk-or-bad"}
    assert "refused" in error_of(ask(sandbox.url, "/images", body, headers=bad), 401)
    assert error_of(ask(sandbox.url, "/images", body, headers={FAULT: "status=429"}), 429)
    cut = {FAULT: "cut=200"}
    with pytest.raises(Exception):
        ask(sandbox.url, "/images", body, headers=cut)
    _, headers, text = ask(sandbox.url, "/images", body, headers={FAULT: "html"})
    assert headers["Content-Type"].startswith("text/html") and b"<html>" in text


# ---- the program ----

def test_check_names_engines_and_packages(tmp_path):
    engines = binary("chela-engines")
    everything = subprocess.run([engines, "--check"], capture_output=True, text=True, check=True).stdout
    assert "local/scene ok" in everything.splitlines()
    bare = subprocess.run([engines, "--check", "--json"], capture_output=True, text=True, check=True,
                          env={"PATH": str(tmp_path)}).stdout
    rows = {row["engine"]: row for row in json.loads(bare)["engines"]}
    assert rows["ffmpeg"] == {"engine": "ffmpeg", "for": rows["ffmpeg"]["for"], "ok": False, "package": "ffmpeg"}
    assert rows["espeak-ng"]["package"] == "espeak-ng" and rows["local/scene"]["ok"]
