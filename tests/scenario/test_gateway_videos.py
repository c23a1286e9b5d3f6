"""Video jobs through `chela gateway`: under an id of its own, which outlives it."""
import base64
import json
import signal
import socket
import sqlite3
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.gateway import NO_QUARANTINE, Gateway
from support.program import Home, assert_clean

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"film" * 20000
KEY = "sk-upstream-0123456789"
ASKED = {"model": "fake/film", "prompt": "waves"}
ACCEPTED = {"status": 202, "json": {"id": "job-1", "status": "pending", "x": 1,
                                    "polling_url": "/v1/videos/job-1"}}
USAGE = {"cost": 0.6, "is_byok": False}


def done(*urls, **more):
    return {"json": {"id": "job-1", "status": "completed", "unsigned_urls": list(urls),
                     "usage": USAGE, **more}}


def provider(url, **more):
    return {"baseUrl": url, "api": "openai-completions", "apiKey": KEY,
            "models": [{"id": "film", "name": "Film"}], **more}


def serve(lab, submit=None, look=None, **more):
    film = {"base64": base64.b64encode(MP4).decode(), "type": "video/mp4"}
    return lab.serve([{"on": "POST /v1/videos$", "replies": submit or [ACCEPTED]},
                      {"on": "GET /v1/videos/job-1$", "replies": look or [done()]},
                      *({"on": on, "replies": [reply]} for on, reply in more.get("rules", [])),
                      {"on": "GET /v1/videos/job-1/content$", "replies": [film]}])


@pytest.fixture
def gateway(lab, tmp_path):
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1"),
                            "other": provider(lab.plain_url + "/other")},
                 {"log": "json"}) as running:
        yield running


def below(gateway, url):
    """A URL that the gateway gave, as a path below its base."""
    assert url.startswith(gateway.url + "/videos/"), url
    return url[len(gateway.url):]


def submit(gateway):
    answer = gateway.ask("/videos", ASKED)
    assert answer.status == 202, answer.raw
    return answer.json


def test_from_the_prompt_to_the_film(gateway, lab):
    serve(lab, look=[{"json": {"id": "job-1", "status": "in_progress"}},
                     done(f"{lab.plain_url}/v1/videos/job-1/content?index=0")])
    job = submit(gateway)
    assert job["id"].startswith("vid_") and "job-1" not in job["id"] and job["x"] == 1
    assert lab.upstream.asked[-1].body == {**ASKED, "model": "film"}
    path = below(gateway, job["polling_url"])
    assert path == "/videos/" + job["id"]
    assert gateway.ask(path).json["status"] == "in_progress"
    finished = gateway.ask(path).json
    assert finished["id"] == job["id"] and finished["usage"] == USAGE
    film = gateway.ask(below(gateway, finished["unsigned_urls"][0]), range="bytes=0-")
    assert film.raw == MP4 and film.headers["content-type"] == "video/mp4"
    assert gateway.ask(f"/videos/{job['id']}/content").raw == MP4
    asked = lab.upstream.asked
    assert [str(one).split("/v1")[1] for one in asked] == [
        "/videos", *["/videos/job-1"] * 2, *["/videos/job-1/content"] * 2]
    assert all(one.headers["authorization"] == "Bearer " + KEY for one in asked)
    assert asked[3].query == asked[4].query == "index=0" and asked[3].headers["range"] == "bytes=0-"


def costs_in(books):
    with sqlite3.connect(books) as file:
        return [cost for cost, in file.execute("SELECT ifnull(cost, 0) FROM call ORDER BY id")]


def test_the_price_counts_once(gateway, lab):
    serve(lab)
    path = "/videos/" + submit(gateway)["id"]
    assert [gateway.ask(path).json["usage"] for _ in range(3)] == [USAGE] * 3
    rows = [json.loads(line) for line in gateway.log.read_text().splitlines() if line[0] == "{"]
    assert [row.get("cost") for row in rows if row["path"].startswith("/videos")] == [
        None, 0.6, None, None]
    books = gateway.home.state.parent / ".state/chela/gateway.db"
    end = time.monotonic() + 5
    while len(costs := costs_in(books)) < 4 and time.monotonic() < end:
        time.sleep(0.05)
    assert costs == [0, 0.6, 0, 0]


def test_a_job_that_failed_says_so(gateway, lab):
    serve(lab, look=[{"json": {"id": "job-1", "status": "failed", "error": "no waves"}}])
    answer = gateway.ask("/videos/" + submit(gateway)["id"])
    assert answer.status == 200 and answer.json["error"] == "no waves"


@pytest.mark.parametrize("polling, file", [
    ("../jobs/7?token=a", "/files/7.mp4?sig=%2F"), ("/v1/videos/job-1", "files/7.mp4"),
    ("https://elsewhere.test/v1/videos/job-1", None)])
def test_other_places_of_the_upstream(gateway, lab, polling, file):
    film = {"base64": base64.b64encode(b"other film").decode(), "type": "video/mp4"}
    look = done(file) if file else done()
    serve(lab, [{"status": 202, "json": {"id": "job-1", "status": "pending", "polling_url": polling}}],
          [look], rules=[("GET /jobs/7$", look), ("GET .*/files/7.mp4$", film)])
    finished = gateway.ask(below(gateway, submit(gateway)["polling_url"])).json
    if polling.startswith(".."):
        assert lab.upstream.asked[-1].path == "/jobs/7" and lab.upstream.asked[-1].query == "token=a"
    if file:
        assert gateway.ask(below(gateway, finished["unsigned_urls"][0])).raw == b"other film"
        assert lab.upstream.asked[-1].headers["authorization"] == "Bearer " + KEY
        assert lab.upstream.asked[-1].query == urllib.parse.urlsplit(file).query
    assert {one.origin for one in lab.upstream.seen} == {lab.plain_url}  # the key stayed there


def test_urls_of_others(lab, tmp_path):
    public, private = "https://cdn.example.test/film.mp4?sig=1", "http://169.254.169.254/latest"
    accepted = {"status": 202, "json": {"id": "job-1", "status": "pending", "polling_url":
                                        "https://openrouter.ai/api/v1/videos/job-1"}}
    lab.serve([{"on": "POST /api/v1/videos$", "replies": [accepted]},
               {"on": "GET /api/v1/videos/job-1$", "replies": [done(public, private, "file:///etc")]}])
    with Gateway(tmp_path, env=lab.env, key="sk-or-v1-stored") as gateway:
        job = gateway.ask("/videos", {"model": "google/veo-3.1-fast", "prompt": "x"}).json
        urls = gateway.ask("/videos/" + job["id"]).json["unsigned_urls"]
        assert urls[0] == public
        assert [below(gateway, url).split("/")[-1] for url in urls[1:]] == ["content?index=1",
                                                                           "content?index=2"]
        assert lab.upstream.seen[-1].headers["http-referer"] == "https://openclaw.ai"
    assert "private network" in gateway.log.read_text()


@pytest.mark.parametrize("location, where", [
    ("/v1/films/7", "followed"), ("https://cdn.example.test/7.mp4", "told"), ("ftp://x.test/", "refused")])
def test_redirects(gateway, lab, location, where):
    film = {"base64": base64.b64encode(b"moved").decode(), "type": "video/mp4"}
    serve(lab, rules=[("GET /v1/videos/job-1/content$",
                       {"status": 302, "text": "moved", "headers": {"location": location}}),
                      ("GET /v1/films/7$", film)])
    answer = gateway.ask(f"/videos/{submit(gateway)['id']}/content")
    if where == "followed":
        assert answer.raw == b"moved"
        assert lab.upstream.asked[-1].headers["authorization"] == "Bearer " + KEY
    elif where == "told":
        assert answer.status == 302 and answer.headers["location"] == location
    else:
        assert answer.status >= 500 and "location" not in answer.headers
    assert {one.origin for one in lab.upstream.seen} == {lab.plain_url}


def test_a_submission_is_made_once(gateway, lab):
    lab.serve([{"on": "POST ", "replies": [{"hang_up": True}]}])
    answer = gateway.ask("/videos", {**ASKED, "models": ["other/film"]})
    assert answer.status >= 502 and len(lab.upstream.asked) == 1
    lab.serve([{"on": "POST /v1/videos$", "replies": [{"status": 503, "json": {}}]},
               {"on": "POST /other/videos$", "replies": [ACCEPTED]}])
    assert gateway.ask("/videos", {**ASKED, "models": ["other/film"]}).status == 202
    lab.serve([{"on": "POST ", "replies": [{"status": 202, "json": {"status": "pending"}}]}])
    assert gateway.ask("/videos", ASKED).status == 502


def test_ids_that_are_none(gateway, lab):
    serve(lab)
    good = submit(gateway)["id"]
    asked = len(lab.upstream.asked)
    for bad in ("job-1", "vid_", "vid_AAAA", good[:-1] + ("A" if good[-1] != "A" else "B"),
                good[:8] + good[9:], good + "AAAA", "%2e%2e"):
        for path in (f"/videos/{bad}", f"/videos/{bad}/content"):
            answer = gateway.ask(path)
            assert answer.status == 404 and answer.json["error"]["code"] == 404, bad
            assert answer.json["error"]["metadata"]["error_type"] == "not_found"
    for method in ("DELETE", "HEAD"):
        assert gateway.ask(f"/videos/{good}", method=method).status == 405
    assert len(lab.upstream.asked) == asked
    gateway.configure({"other": provider(lab.plain_url + "/other")})
    gateway.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 10
    while (answer := gateway.ask("/videos/" + good)).status == 200 and time.monotonic() < end:
        time.sleep(0.05)
    assert answer.status == 404 and "fake" in answer.json["error"]["message"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_killed_in_the_middle(sandbox, tmp_path):
    """chela's own client, the gateway, the sandbox; the gateway is killed while the film is made."""
    port = str(free_port())
    options = ("--anonymous", "--port", port, "--workers", "2")
    providers = {"openrouter": {"baseUrl": sandbox.url, "apiKey": KEY, "models": []}}
    home = Home(tmp_path / "client", key="sk-or-v1-any", config={"models": {"providers": {
        "openrouter": {"baseUrl": f"http://127.0.0.1:{port}/api/v1", "models": []}}}})
    first = Gateway(tmp_path, providers, options=options).__enter__()
    begun = home.run("infer", "video", "generate", "--prompt", "a red fish in the sea", "--duration",
                     "1", "--output", "fish.mp4", "--detach")
    assert begun.code == 0, str(begun)
    first.process.kill()
    first.process.communicate()
    failed = home.run("infer", "video", "status", begun.out.strip())
    assert failed.code == 69, str(failed)
    with first:  # once more
        finished = home.run("infer", "video", "resume", begun.out.strip())
        assert finished.code == 0, str(finished)
        assert_clean(finished)
    assert (home.folder / "fish.mp4").read_bytes()[4:8] == b"ftyp"


class Long(BaseHTTPRequestHandler):
    """A film of 200 MB."""
    protocol_version = "HTTP/1.1"
    pieces, piece = 3200, b"f" * 65536

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "video/mp4")
        self.send_header("content-length", str(self.pieces * len(self.piece)))
        self.end_headers()
        for _ in range(self.pieces):
            self.wfile.write(self.piece)

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(ACCEPTED["json"]).encode()
        self.send_response(202)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_a_long_film_is_not_held(tmp_path):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Long)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    with Gateway(tmp_path, {"fake": provider(url)}, env=NO_QUARANTINE) as gateway:
        job = submit(gateway)
        before = gateway.most_memory()
        connection = gateway.connect()
        connection.request("GET", f"/api/v1/videos/{job['id']}/content")
        response, got = connection.getresponse(), 0
        time.sleep(0.5)  # a reader that takes its time
        while piece := response.read(1 << 20):
            got += len(piece)
        grown = gateway.most_memory() - before
        print(f"a film of {got >> 20} MB: the gateway grew by {grown} MB")
        assert got == Long.pieces * 65536 and grown < 8
        connection.close()
    server.shutdown()
    server.server_close()
