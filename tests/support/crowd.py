"""Thousands of streams at once: an upstream that never ends them, and clients that open them by hand.

One thread each, sockets that do not block: what these cost must not hide what the gateway does.
"""
import json
import resource
import selectors
import socket
import threading
import urllib.parse

from support import replies

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
EVENT = replies.event_bytes(replies.chunk({"role": "assistant", "content": "x" * 200}))


def many_files():
    """As many sockets as the system lets us have."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Crowd:
    """Answers every request with one event, or with `flood` again and again as fast as it is taken.

    sent: bytes that the kernel took, of all streams; gone: streams whose reader left.
    """

    def __init__(self, flood=None):
        many_files()
        self.flood, self.sent, self.gone = flood, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.listener.setblocking(False)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 << 10)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        self.poll = selectors.DefaultSelector()
        self.poll.register(self.listener, selectors.EVENT_READ)
        self.ending = False
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending = True
        self.thread.join()
        for key in list(self.poll.get_map().values()):
            key.fileobj.close()

    def _serve(self):
        while not self.ending:
            for key, events in self.poll.select(0.1):
                if key.fileobj is self.listener:
                    self._accept()
                else:
                    self._move(key.fileobj, events)

    def _accept(self):
        while True:
            try:
                self.poll.register(self.listener.accept()[0], selectors.EVENT_READ)
            except BlockingIOError:
                return

    def _move(self, stream, events):
        try:
            if events & selectors.EVENT_READ:
                if not stream.recv(65536):
                    raise ConnectionError
                stream.setblocking(False)
                stream.sendall(HEAD + (b"" if self.flood else EVENT))
                if self.flood:
                    self.poll.modify(stream, selectors.EVENT_READ | selectors.EVENT_WRITE)
            elif self.flood:
                self.sent += stream.send(self.flood)
        except BlockingIOError:
            pass
        except OSError:
            self.gone += 1
            self.poll.unregister(stream)
            stream.close()


def open_stream(url, receive_buffer=None):
    """A stream that was asked for, as a bare socket."""
    many_files()
    where = urllib.parse.urlsplit(url)
    body = json.dumps({"model": "fake/bench", "stream": True, "messages": []}).encode()
    stream = socket.socket()
    if receive_buffer:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    stream.settimeout(30)
    stream.connect((where.hostname, where.port))
    stream.sendall(b"POST %s/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                   b"Content-Length: %d\r\n\r\n%s" % (where.path.encode(), len(body), body))
    return stream
