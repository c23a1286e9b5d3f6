"""From a command to a file that other programs read, and back: the client and the sandbox's engines
together, as a user has them."""
import subprocess

import pytest

from support.media import ask, distance, heard_of, json_of, png_size, probe

FILM = ("infer", "video", "generate", "--model", "openrouter/local/scene-motion", "--json")
SCENE = ("--model", "openrouter/local/scene", "--json")


def output_of(home, *command):
    """The command's only file: (what the envelope says of it, its path)."""
    result = home.run(*command)
    assert result.code == 0, str(result)
    [output] = result.json["outputs"]
    path = home.folder / output["path"]
    assert output.get("size", path.stat().st_size) == path.stat().st_size
    return output, path


# ---- video ----

@pytest.mark.parametrize("hints,size,seconds,sound", [
    (("--duration", "2", "--aspect-ratio", "16:9", "--resolution", "480P", "--audio"), (854, 480), 2, True),
    (("--duration", "1", "--aspect-ratio", "9:16", "--resolution", "480p", "--no-audio"), (480, 854), 1, False),
    (("--duration", "3", "--size", "480x480", "--no-audio"), (480, 480), 3, False)])
def test_film(sandbox_home, hints, size, seconds, sound):
    output, path = output_of(sandbox_home, *FILM, "--prompt", "waves on a beach", *hints, "--output", "film.mov")
    assert path.name == "film.mp4" and output["mimeType"] == "video/mp4", "by what it is, not by what was said"
    streams, lasts = probe(path)
    picture = streams["video"]
    assert picture["codec_name"] == "h264" and (picture["width"], picture["height"]) == size
    assert abs(lasts - seconds) < 0.1
    assert ("audio" in streams) is sound
    if sound:
        assert streams["audio"]["codec_name"] == "aac" and abs(float(streams["audio"]["duration"]) - seconds) < 0.2


def test_film_between_two_pictures(sandbox_home):
    """What it begins and ends with is what was given."""
    first, last = (output_of(sandbox_home, "infer", "image", "generate", *SCENE, "--prompt", prompt, "--output",
                             name)[1].read_bytes()
                   for name, prompt in (("first.png", "a red balloon in the sky"), ("last.png", "fish in the sea")))
    _, path = output_of(sandbox_home, *FILM, "--prompt", "from the sky to the sea", "--duration", "2", "--size",
                        "480x480", "--first-frame", "first.png", "--last-frame", "last.png", "--output", "film.mp4")
    begin, end = frame_of(path, "0"), frame_of(path, "1.9")
    assert distance(begin, first) < 12 < distance(begin, last)
    assert distance(end, last) < 12 < distance(end, first)


def frame_of(path, seconds):
    return subprocess.run(["ffmpeg", "-v", "error", "-ss", seconds, "-i", path, "-frames:v", "1", "-f", "image2pipe",
                           "-c:v", "png", "pipe:1"], capture_output=True, check=True).stdout


# ---- pictures ----

@pytest.mark.parametrize("hints,size", [
    ((), (1024, 1024)), (("--aspect-ratio", "16:9"), (1344, 768)), (("--size", "1024x1536"), (832, 1248)),
    (("--aspect-ratio", "9:16", "--resolution", "2K"), (1536, 2688))])
def test_picture(sandbox_home, hints, size):
    """The default model takes the hints of Google's Gemini."""
    output, path = output_of(sandbox_home, "infer", "image", "generate", "--json", "--prompt", "a red crab on a beach",
                             *hints, "--output", "crab.jpg")
    assert path.name == "crab.png" and output["mimeType"] == "image/png"
    assert png_size(path.read_bytes()) == size == (output["width"], output["height"])


def test_letters(sandbox_home):
    """What cannot be drawn is written; what the font library then holds must not look lost at the end."""
    said = output_of(sandbox_home, "infer", "image", "generate", *SCENE, "--prompt", "zzyzx", "--output", "a.png")
    other = output_of(sandbox_home, "infer", "image", "generate", *SCENE, "--prompt", "zzyxz", "--output", "b.png")
    assert said[1].read_bytes() != other[1].read_bytes()


def test_several_pictures(sandbox_home):
    result = sandbox_home.run("infer", "image", "generate", *SCENE, "--prompt", "a house", "--count", "3", "--output",
                              "house.png")
    assert result.code == 0, str(result)
    paths = [sandbox_home.folder / output["path"] for output in result.json["outputs"]]
    assert [path.name for path in paths] == ["house-1.png", "house-2.png", "house-3.png"]
    assert len({path.read_bytes() for path in paths}) == 3


def test_edit_keeps_what_it_was_given(sandbox_home):
    _, house = output_of(sandbox_home, "infer", "image", "generate", *SCENE, "--prompt", "a house at night",
                         "--output", "house.png")
    _, other = output_of(sandbox_home, "infer", "image", "generate", *SCENE, "--prompt", "fish in the sea",
                         "--output", "fish.png")
    before = house.read_bytes()
    _, edited = output_of(sandbox_home, "infer", "image", "edit", *SCENE, "--file", "house.png", "--prompt",
                          "add a big red balloon", "--output", "edited.png")
    assert house.read_bytes() == before, "the input is left alone"
    assert 0 < distance(before, edited.read_bytes()) < 12 < distance(other.read_bytes(), edited.read_bytes())


# ---- speech ----

SENTENCES = [
    "The weather is nice today and we are going to the park with our friends.",
    "Please open the window and close the door before you leave the house.",
    "My brother bought a new computer last week because the old one was broken.",
    "There are seven days in a week and twelve months in a year.",
    "She wants to read a good book in the garden after lunch.",
]


@pytest.mark.parametrize("options,name", [((), "said.mp3"), (("--format", "pcm"), "said.wav")])
def test_what_is_spoken_is_understood(sandbox, sandbox_home, figure, options, name):
    known = words = 0
    for sentence in SENTENCES:
        _, path = output_of(sandbox_home, "infer", "tts", "convert", "--text", sentence, *options, "--output", name,
                            "--json")
        assert path.name == name
        streams, lasts = probe(path)
        assert streams["audio"]["codec_name"] == {"mp3": "mp3", "wav": "pcm_s16le"}[name[-3:]] and 2 < lasts < 9
        answer = json_of(ask(sandbox.url, "/audio/transcriptions", form=[
            ("model", "local/pocketsphinx-en"), ("file", (name, path.read_bytes()))]))
        heard, said = heard_of(sentence, answer["text"])
        print(f"{heard} of {said}: {answer['text']}")
        known, words = known + heard, words + said
    figure(f"words understood of what {name} says", f"{known} of {words} ({100 * known / words:.0f} %)")
    assert known / words >= 0.8
