"""Speech and transcription: formats that ffprobe reads, durations, languages, and words that are heard
again; and embeddings."""
import base64
import json
import struct
import subprocess

import pytest

from support.media import ask, error_of, heard_of, json_of, probe

SENTENCE = "The weather is nice today and we are going to the park with our friends."
SENTENCES = [SENTENCE, "Please open the window and close the door before you leave the house.",
             "My brother bought a new computer last week because the old one was broken.",
             "The quick brown fox jumps over the lazy dog and forty two birds sing at noon."]


def speak(url, text=SENTENCE, **more):
    status, headers, body = ask(url, "/audio/speech", {"model": "local/flite-slt", "input": text, "voice": "slt",
                                                       **more})
    assert status == 200, body
    assert headers["X-Generation-Id"].startswith("gen-")
    return headers, body


def seconds(sound):
    """Decoded and measured: what comes out of a pipe cannot say so in its header."""
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", "pipe:0", "-ac", "1", "-ar", "8000", "-f", "s16le", "pipe:1"],
                         input=sound, capture_output=True, check=True).stdout
    return len(raw) / 16000


@pytest.mark.parametrize("format,codec,type", [
    ("mp3", "mp3", "audio/mpeg"), ("opus", "opus", "audio/ogg"), ("aac", "aac", "audio/aac"),
    ("flac", "flac", "audio/flac"), ("wav", "pcm_s16le", "audio/wav")])
def test_formats(sandbox, tmp_path, format, codec, type):
    headers, sound = speak(sandbox.url, "Hello there, how are you today?", response_format=format)
    path = tmp_path / "sound"
    path.write_bytes(sound)
    stream = probe(path)[0]["audio"]
    assert headers["Content-Type"] == type and stream["codec_name"] == codec and stream["channels"] == 1
    assert 1.2 < seconds(sound) < 4


def test_pcm_is_the_default_and_24_kHz(sandbox):
    headers, pcm = speak(sandbox.url, "Hello there, how are you today?")
    _, wav = speak(sandbox.url, "Hello there, how are you today?", response_format="wav")
    assert headers["Content-Type"] == "audio/pcm" and len(pcm) % 2 == 0
    assert struct.unpack("<I", wav[24:28])[0] == 24000 and wav[44:] == pcm
    loudest = max(abs(v) for v in struct.unpack(f"<{len(pcm) // 2}h", pcm))
    assert 2000 < loudest <= 32767


def test_speed(sandbox):
    slow, usual, quick = (len(speak(sandbox.url, speed=s)[1]) for s in (0.5, 1, 2))
    assert 1.6 < slow / usual < 2.4 and 1.6 < usual / quick < 2.4


def test_voices_differ(sandbox):
    voices = {voice: speak(sandbox.url, "Hello there", voice=voice)[1] for voice in ("slt", "rms", "awb", "kal16")}
    assert len(set(voices.values())) == 4
    assert speak(sandbox.url, "Hello there", voice="af_alloy")[1] == voices["slt"]
    assert speak(sandbox.url, "Hello there", voice="onyx")[1] == voices["rms"]


@pytest.mark.parametrize("text,voice,says", [
    ("안녕하세요. 만나서 반갑습니다.", "alloy", "espeak-ng ko"), ("こんにちは、元気ですか", "alloy", "espeak-ng ja"),
    ("Привет, как дела?", "alloy", "espeak-ng ru"), ("Guten Morgen, wie geht es dir und der Familie?", "alloy", "espeak-ng de"),
    ("Bonjour, comment allez-vous? Je suis dans la maison.", "alloy", "espeak-ng fr"), ("hello", "fr", "espeak-ng fr"),
    ("Hello, the cat is in the house", "alloy", "flite slt")])
def test_languages(sandbox, text, voice, says):
    headers, sound = speak(sandbox.url, text, voice=voice, response_format="wav")
    assert headers["X-Chela-Says"].startswith(says) and len(sound) > 20000


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_was_spoken_is_heard(sandbox, record_property, sentence):
    """At least 80 % of the words come back."""
    _, mp3 = speak(sandbox.url, sentence, response_format="mp3")
    answer = json_of(ask(sandbox.url, "/audio/transcriptions",
                         form=[("model", "local/pocketsphinx-en"), ("file", ("speech.mp3", mp3))]))
    known, said = heard_of(sentence, answer["text"])
    print(f"recognised {known} of {said} words ({100 * known / said:.0f} %): {answer['text']}")
    record_property("recognised", f"{known}/{said}")
    assert known / said >= 0.8
    assert 3 < answer["usage"]["seconds"] < 12 and answer["usage"]["cost"] == 0


def test_a_long_recording_is_heard_to_its_end(sandbox):
    """Longer than what is listened to at once: cut in pauses, with times that go on."""
    text = " ".join(SENTENCES * 2)
    _, wav = speak(sandbox.url, text, voice="rms", response_format="wav")
    answer = json_of(ask(sandbox.url, "/audio/transcriptions",
                         form=[("model", "x"), ("response_format", "verbose_json"),
                               ("timestamp_granularities[]", "word"), ("file", ("long.wav", wav))]))
    known, said = heard_of(text, answer["text"])
    assert known / said >= 0.8
    assert answer["words"][-1]["end"] > answer["duration"] - 2 > 24
    assert len(answer["segments"]) >= 1


def test_json_and_verbose(sandbox):
    _, wav = speak(sandbox.url, "Please open the window. Close the door.", voice="rms", response_format="wav")
    answer = json_of(ask(sandbox.url, "/audio/transcriptions", {
        "model": "x", "response_format": "verbose_json", "timestamp_granularities": ["word", "segment"],
        "input_audio": {"data": base64.b64encode(wav).decode(), "format": "wav"}}))
    assert answer["task"] == "transcribe" and answer["language"] == "en" and "window" in answer["text"]
    assert abs(answer["duration"] - (len(wav) - 44) / 48000) < 0.1
    words = answer["words"]
    assert " ".join(word["word"] for word in words) == answer["text"]
    assert all(0 <= a["start"] < a["end"] <= b["start"] + 0.02 for a, b in zip(words, words[1:]))
    assert answer["segments"][0]["id"] == 0
    assert " ".join(one["text"] for one in answer["segments"]) == answer["text"]


def test_silence_has_no_words(sandbox):
    wav = (b"RIFF" + struct.pack("<I", 36 + 32000) + b"WAVEfmt " +
           struct.pack("<IHHIIHH", 16, 1, 1, 16000, 32000, 2, 16) + b"data" + struct.pack("<I", 32000) + bytes(32000))
    answer = json_of(ask(sandbox.url, "/audio/transcriptions", form=[("model", "x"), ("file", ("a.wav", wav))]))
    assert answer["usage"]["seconds"] == 1 and len(answer["text"].split()) <= 1


@pytest.mark.parametrize("body,said", [
    ({"input": "x"}, "model"), ({"model": "x"}, "input"), ({"model": "x", "input": ""}, "input"),
    ({"model": "x", "input": "x", "speed": 9}, "speed"), ({"model": "x", "input": "x", "response_format": "ogg"}, "response_format"),
    ({"model": "x", "input": "..."}, "nothing in the text"), ({"model": "x", "input": "x", "voice": "zz-qq"}, "voice")])
def test_speech_that_is_refused(sandbox, body, said):
    assert said in error_of(ask(sandbox.url, "/audio/speech", body), 400)


def test_transcription_that_is_refused(sandbox):
    route = "/audio/transcriptions"
    assert "file" in error_of(ask(sandbox.url, route, form=[("model", "x")]), 400)
    no_sound = [("model", "x"), ("file", ("a.mp3", b"this is no sound at all" * 9))]
    assert error_of(ask(sandbox.url, route, form=no_sound), 400)
    for field, value in (("response_format", "srt"), ("language", "ko")):
        form = [("model", "x"), (field, value), ("file", ("a.wav", b"RIFF"))]
        assert field in error_of(ask(sandbox.url, route, form=form), 400)
    assert "base64" in error_of(ask(sandbox.url, route, {"model": "x", "input_audio": {"data": "?", "format": "wav"}}), 400)
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
    assert error_of(ask(sandbox.url, route, form=[("model", "x"), ("file", ("a.m3u8", playlist))]), 400)


# ---- embeddings ----

def embed(url, texts, **more):
    return json_of(ask(url, "/embeddings", {"model": "local/hash-256", "input": texts, **more}))


def near(a, b):
    return sum(x * y for x, y in zip(a, b))


def test_embeddings(sandbox):
    answer = embed(sandbox.url, ["The cat sleeps on the sofa", "A cat on a sofa", "Stock markets fell today"])
    vectors = [row["embedding"] for row in answer["data"]]
    assert [row["index"] for row in answer["data"]] == [0, 1, 2] and all(len(v) == 256 for v in vectors)
    assert all(abs(near(v, v) - 1) < 1e-5 for v in vectors)
    assert near(vectors[0], vectors[1]) > near(vectors[0], vectors[2]) + 0.3
    assert answer["model"] == "local/hash-256" and answer["usage"]["prompt_tokens"] > 10


def test_embeddings_in_base64(sandbox):
    floats = embed(sandbox.url, "hello", dimensions=64)["data"][0]["embedding"]
    text = embed(sandbox.url, "hello", dimensions=64, encoding_format="base64")["data"][0]["embedding"]
    unpacked = struct.unpack("<64f", base64.b64decode(text))
    assert len(floats) == 64 and all(abs(a - b) < 1e-8 for a, b in zip(floats, unpacked))


@pytest.mark.parametrize("given", ["text", ["a", "b"], [1, 2, 3], [[1, 2], [3]],
                                   [{"content": [{"type": "text", "text": "a"}]}]])
def test_inputs(sandbox, given):
    rows = 1 if isinstance(given, str) or isinstance(given[0], int) else len(given)
    assert len(embed(sandbox.url, given)["data"]) == rows


@pytest.mark.parametrize("body", [{"input": ""}, {"input": []}, {"input": ["a", ""]}, {"input": 5}, {},
                                  {"input": "x", "dimensions": 0}, {"input": "x", "dimensions": 257},
                                  {"input": "x", "encoding_format": "hex"}, {"input": [{"content": []}]}])
def test_embeddings_that_are_refused(sandbox, body):
    assert error_of(ask(sandbox.url, "/embeddings", {"model": "x", **body}), 400)
