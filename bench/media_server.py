"""A service that answers with media of any size without holding it: for bench/media.sh.

    media_server.py     prints its base URL, serves until it is stopped

POST …/chat/completions answers with one picture of prompt's number of MB ("40"), in base64.
POST …/videos makes a job whose video has that many MB; GET …/videos/ID/content sends it.
"""
import http.server
import json
import re

BLOCK = bytes(range(256)) * 48  # 12 KiB: whole groups of base64
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\0\0\0\4\0\x08\2\0\0\0" + b"\0" * 3
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def _head(self, kind, length, status=200):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(length))
        self.end_headers()

    def _json(self, document, status=200):
        body = json.dumps(document).encode()
        self._head("application/json", len(body), status)
        self.wfile.write(body)

    def _picture(self, size):
        import base64
        blocks = max(1, size // len(BLOCK))
        encoded = base64.b64encode(BLOCK)
        first = base64.b64encode((PNG + BLOCK)[:len(BLOCK)])
        before = b'{"id":"gen-1","model":"m","choices":[{"index":0,"message":{"role":"assistant",' \
                 b'"content":"","images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,'
        after = b'"}}]},"finish_reason":"stop"}],"usage":{"cost":0.1}}'
        self._head("application/json", len(before) + blocks * len(encoded) + len(after))
        self.wfile.write(before + first)
        for _ in range(blocks - 1):
            self.wfile.write(encoded)
        self.wfile.write(after)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.endswith("/videos"):
            size = int(re.findall(r"\d+", body["prompt"])[0])
            job = f"job-{size}"
            self._json({"id": job, "status": "completed", "polling_url": f"/api/v1/videos/{job}"}, 202)
        else:
            size = int(re.findall(r"\d+", json.dumps(body["messages"]))[0])
            self._picture(size << 20)

    def do_GET(self):
        match = re.search(r"/videos/job-(\d+)/content", self.path)
        if not match:
            self._json({"error": {"code": 404, "message": "nothing here"}}, 404)
            return
        size = int(match[1]) << 20
        self._head("video/mp4", size)
        block = BLOCK * 8
        sent = self.wfile.write(MP4)
        while sent < size:
            sent += self.wfile.write(block[:size - sent])


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_address[1]}/api/v1", flush=True)
server.serve_forever()
