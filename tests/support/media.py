"""Asking the sandbox for pictures, sound and vectors, with Python's own HTTP."""
import base64
import http.client
import json
import struct
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
