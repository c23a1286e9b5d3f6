"""Asking the sandbox for pictures, sound and vectors, with Python's own HTTP."""
import base64
import http.client
import json
import re
import struct
import subprocess
import urllib.parse
import uuid

FAULT = "X-Chela-Fault"


def ask(url, path, body=None, form=None, headers=(), method=None):
    """(status, headers, bytes). body: JSON; form: a list of (name, text) or (name, (file, bytes))."""
    base = urllib.parse.urlsplit(url)
    link = http.client.HTTPConnection(base.hostname, base.port, timeout=120)
    sent, data = dict(headers), None
    if body is not None:
        sent["Content-Type"], data = "application/json", json.dumps(body).encode()
    if form is not None:
        mark = uuid.uuid4().hex
        sent["Content-Type"], data = f"multipart/form-data; boundary={mark}", multipart(form, mark)
    try:
        link.request(method or ("GET" if data is None else "POST"), base.path + path, data, sent)
        answer = link.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        link.close()


def multipart(form, mark):
    out = b""
    for name, value in form:
        file, data = value if isinstance(value, tuple) else (None, value.encode())
        extra = f'; filename="{file}"' if file else ""
        out += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode()
        out += data + b"\r\n"
    return out + f"--{mark}--\r\n".encode()


def json_of(answer, status=200):
    code, headers, body = answer
    assert code == status, body[:500]
    assert headers["Content-Type"].startswith("application/json")
    return json.loads(body)


def error_of(answer, status):
    error = json_of(answer, status)["error"]
    assert error["code"] == status and error["metadata"]["error_type"]
    return error["message"]


def events(body):
    """The data of a stream's events; the last must be [DONE]."""
    datas = [line[6:] for line in body.decode().split("\n") if line.startswith("data: ")]
    assert datas[-1] == "[DONE]"
    return [json.loads(data) for data in datas[:-1]]


def data_url(png):
    return "data:image/png;base64," + base64.b64encode(png).decode()


def png_size(png):
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def pixels(picture, width=16, height=16):
    """The picture scaled down to RGB bytes, by ffmpeg."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", "pipe:0", "-vf",
                           f"scale={width}:{height}:flags=area", "-f", "rawvideo", "-pix_fmt", "rgb24",
                           "pipe:1"], input=picture, capture_output=True, check=True)
    return done.stdout


def distance(one, other):
    """The mean difference of two pictures, 0 to 255."""
    a, b = pixels(one), pixels(other)
    return sum(abs(x - y) for x, y in zip(a, b)) / len(a)


def probe(path):
    """What ffprobe finds in a file: its streams by kind, and the seconds that it lasts."""
    done = subprocess.run(["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path],
                          capture_output=True, check=True)
    found = json.loads(done.stdout)
    return {stream["codec_type"]: stream for stream in found["streams"]}, float(found["format"].get("duration", "nan"))


def heard_of(said, heard):
    """How many of the words that were said were heard, and how many there were."""
    said, heard = (re.findall(r"[a-z]+", text.lower()) for text in (said, heard))
    return sum(min(said.count(word), heard.count(word)) for word in set(said)), len(said)
