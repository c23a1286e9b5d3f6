"""A small Internet on loopback, so that chela can be watched without a switch in the product.

Three hosts speak TLS with certificates of an authority made on the spot, and are reached the way a
company's proxy leads there: HTTPS_PROXY and SSL_CERT_FILE. A fourth, plain host stands for a base
URL of the user's own. All of them answer from one list of canned replies and note every request.
"""
import json
import re
import select
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support import replies

TLS_HOSTS = ("openrouter.ai", "eu.openrouter.ai", "cdn.example.test")
PATIENCE = 30  # seconds a connection may be idle before the lab lets go of it


class Request:
    """One request as it came."""

    def __init__(self, method, origin, target, headers, raw):
        self.method, self.origin = method, origin
        self.path, _, self.query = target.partition("?")
        self.headers, self.raw = headers, raw
        self.twins = False  # a key stood twice in one object
        self.at = time.monotonic()
        self.left_at = None  # time.time() when its client left, if a reply watched for that
        try:
            self.body = json.loads(raw, object_pairs_hook=self._pairs) if raw else None
        except ValueError:
            self.body = raw.decode("utf-8", "replace")

    def _pairs(self, pairs):
        self.twins = self.twins or len(dict(pairs)) != len(pairs)
        return dict(pairs)

    @property
    def is_housekeeping(self):
        """Catalogue look-ups and key checks: chela's own affair."""
        if self.path.endswith(("/key", "/auth/key", "/credits")):
            return True
        return self.method == "GET" and self.path.endswith("/models")

    def __str__(self):
        return f"{self.method} {self.origin}{self.path}"


class Upstream:
    """Replies by rule, and the requests that came.

    A rule: {"on": "POST /chat/completions$", "body": regex or absent, "replies": [...]}; `on` is a
    method and a regular expression for the path. The first rule that fits gives its replies in
    order, the last one again and again.
    """

    def __init__(self, rules=(), folder=None):
        self.folder = folder
        self.rules = [dict(rule, given=0) for rule in rules]
        self.seen = []
        self.cut_off = threading.Event()  # set when a client left in the middle of an answer
        self.lock = threading.Lock()

    def answer(self, request):
        with self.lock:
            self.seen.append(request)
            for rule in self.rules:
                method, _, path = rule["on"].partition(" ")
                text = request.raw.decode("utf-8", "replace")
                if (method == request.method and re.search(path, request.path)
                        and re.search(rule.get("body", ""), text)):
                    index = min(rule["given"], len(rule["replies"]) - 1)
                    rule["given"] += 1
                    return rule["replies"][index]
        return {"status": 404, "json": {"error": {"code": 404, "message": "the lab has no rule"}}}

    @property
    def asked(self):
        """The requests that matter: without catalogue look-ups and key checks."""
        return [request for request in self.seen if not request.is_housekeeping]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def log_message(self, *_):
        pass

    def _body(self):
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _serve(self):
        headers = {}
        for name, value in self.headers.items():
            headers.setdefault(name.lower(), []).append(value)
        headers = {name: ", ".join(values) for name, values in headers.items()}
        secure = isinstance(self.connection, ssl.SSLSocket)
        origin = f"{'https' if secure else 'http'}://{headers.get('host', '')}"
        request = Request(self.command, origin, self.path, headers, self._body())
        upstream = self.server.lab.upstream
        try:
            replies.send(upstream.answer(request), request, self, upstream.folder)
        except replies.Cut:
            self._close()
        except OSError:
            upstream.cut_off.set()
            self._close()

    def _close(self):
        self.close_connection = True
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, lab, context=None):
        self.lab, self.context = lab, context
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request, client_address):
        if self.context:
            request.settimeout(PATIENCE)
            request = self.context.wrap_socket(request, server_side=True)
        super().finish_request(request, client_address)

    def handle_error(self, *_):  # a client that leaves or refuses the certificate is no event here
        pass


class _Tunnel(socketserver.BaseRequestHandler):
    """CONNECT: a known name leads to the TLS host; any other is noted and refused."""

    def handle(self):
        self.request.settimeout(PATIENCE)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self.request.recv(4096)
            if not piece:
                self.server.lab.strangers.append("a connection that was dropped before it asked")
                return
            head += piece
        line = head.split(b"\r\n")[0].decode("latin-1")
        match = re.match(r"CONNECT ([^:\s]+):443 HTTP/1", line)
        if not match or match[1] not in TLS_HOSTS:
            self.server.lab.strangers.append(line)
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")
            return
        with socket.create_connection(self.server.lab.tls.server_address) as far:
            self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._pump(self.request, far)

    @staticmethod
    def _pump(near, far):
        other = {near: far, far: near}
        try:
            while True:
                ready, _, _ = select.select([near, far], [], [], PATIENCE)
                if not ready:
                    return
                for side in ready:
                    data = side.recv(65536)
                    if not data:
                        return
                    other[side].sendall(data)
        except OSError:
            return


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, lab):
        self.lab = lab
        super().__init__(("127.0.0.1", 0), _Tunnel)

    def handle_error(self, *_):
        pass


def make_authority(folder):
    """A certificate authority and a certificate for TLS_HOSTS, in `folder`."""
    folder = Path(folder)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ",".join("DNS:" + host for host in TLS_HOSTS)
    (folder / "extensions").write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", *key, "-days", "2", "-subj", "/CN=lab authority",
            "-keyout", "authority.key", "-out", "authority.pem")
    openssl("req", *key, "-subj", "/CN=lab", "-keyout", "host.key", "-out", "host.csr")
    openssl("x509", "-req", "-in", "host.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
            "-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", "host.pem")


class Lab:
    """The hosts, running from construction to close(). Give `upstream` before each run."""

    def __init__(self, folder):
        make_authority(folder)
        self.authority = str(Path(folder) / "authority.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/host.pem", f"{folder}/host.key")
        context.set_alpn_protocols(["http/1.1"])
        self.upstream = Upstream()
        self.strangers = []  # what came to the proxy and is none of chela's business
        self.tls, self.plain, self.proxy = _Server(self, context), _Server(self), _Proxy(self)
        for server in (self.tls, self.plain, self.proxy):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def close(self):
        for server in (self.tls, self.plain, self.proxy):
            server.shutdown()
            server.server_close()

    @property
    def plain_host(self):
        return f"127.0.0.1:{self.plain.server_address[1]}"

    @property
    def plain_url(self):
        return "http://" + self.plain_host

    @property
    def env(self):
        """What leads a program here when it believes to talk to openrouter.ai."""
        proxy = f"http://127.0.0.1:{self.proxy.server_address[1]}"
        around = "127.0.0.1,localhost"
        return {"HTTPS_PROXY": proxy, "https_proxy": proxy, "NO_PROXY": around, "no_proxy": around,
                "SSL_CERT_FILE": self.authority}

    def serve(self, rules, folder=None):
        """A fresh Upstream with these rules."""
        self.upstream = Upstream(rules, folder)
        self.strangers.clear()
        return self.upstream
