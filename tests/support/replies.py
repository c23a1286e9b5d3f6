"""Canned replies: written short in a test, sent as OpenRouter would.

A reply is a dict. Its first key says what it is:

    {"answer": ["Hel", "lo"]}     a finished answer: a stream when the request asked for one, else JSON.
                                  Beside it: finish, reasoning, calls, usage, model, comments
    {"events": [...]}             a stream, event by event: a dict is sent as data, a string that
                                  starts with ':' as a comment, another string as data as it is,
                                  {"sleep": seconds} waits, {"cut": true} cuts the connection,
                                  {"reset": true} with a reset; {"bytes": "..."} goes out as it is;
                                  {"watch": seconds} waits for the client to leave, and notes when
    {"json": ...}                 a JSON document
    {"text": "...", "type": ...}  any other text
    {"base64": "...", "type": ...}
    {"file": "name"}              a JSON document that stands beside the goldens
    {"raw": "..."}                bytes on the connection instead of an answer, then it is closed
    {"hang_up": true}             the connection is closed without a word

and may have status, headers, delay (seconds before anything is sent) beside it.
"""
import base64
import json
import os
import select
import socket
import struct
import time

USAGE = {
    "prompt_tokens": 40, "completion_tokens": 9, "total_tokens": 49, "cost": 0.00052,
    "prompt_tokens_details": {"cached_tokens": 12, "cache_write_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 3},
}
CREATED = 1790000000


class Cut(Exception):
    """The connection is to be closed where it stands."""


def chunk(delta, model="lab/model", finish=None, **more):
    """One event of a stream, as OpenRouter writes it."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "native_finish_reason": finish,
              "logprobs": None}
    return {"id": "gen-lab-1", "provider": "Lab", "model": model,
            "object": "chat.completion.chunk", "created": CREATED, "choices": [choice], **more}


def answer_events(reply):
    """The stream of {"answer": …}."""
    model = reply.get("model", "lab/model")
    finish = reply.get("finish", "tool_calls" if reply.get("calls") else "stop")
    events = [": OPENROUTER PROCESSING"] * reply.get("comments", 2)
    for piece in reply.get("reasoning", []):
        events.append(chunk({"role": "assistant", "content": "", "reasoning": piece}, model))
    for piece in reply["answer"]:
        events.append(chunk({"role": "assistant", "content": piece}, model))
    for index, call in enumerate(reply.get("calls", [])):
        events.append(chunk({"role": "assistant", "content": None,
                             "tool_calls": [dict(call, index=index)]}, model))
    events.append(chunk({"role": "assistant", "content": ""}, model, finish))
    events.append(chunk({"role": "assistant", "content": ""}, model,
                        usage=reply.get("usage", USAGE)))
    return events + ["[DONE]"]


def answer_json(reply):
    """The document of {"answer": …}."""
    message = {"role": "assistant", "content": "".join(reply["answer"]), "refusal": None,
               "reasoning": "".join(reply.get("reasoning", [])) or None}
    if reply.get("calls"):
        message["tool_calls"] = reply["calls"]
    finish = reply.get("finish", "tool_calls" if reply.get("calls") else "stop")
    return {"id": "gen-lab-1", "provider": "Lab", "model": reply.get("model", "lab/model"),
            "object": "chat.completion", "created": CREATED,
            "choices": [{"index": 0, "message": message, "finish_reason": finish,
                         "native_finish_reason": finish, "logprobs": None}],
            "usage": reply.get("usage", USAGE)}


def event_bytes(event):
    if isinstance(event, str) and event.startswith(":"):
        return event.encode() + b"\n\n"
    if isinstance(event, dict) and "bytes" in event:
        return event["bytes"].encode()
    data = event if isinstance(event, str) else json.dumps(event, ensure_ascii=False)
    return b"data: " + data.encode() + b"\n\n"


def send(reply, request, handler, folder=None):
    """Answer `request` with `reply` through an http.server handler. Raises Cut to hang up."""
    if reply.get("delay"):
        time.sleep(reply["delay"])
    if reply.get("hang_up"):
        raise Cut
    if "raw" in reply:
        handler.wfile.write(reply["raw"].encode("latin-1"))
        raise Cut
    streamed = isinstance(request.body, dict) and request.body.get("stream") is True
    if "events" in reply:
        send_events(reply, reply["events"], request, handler)
    elif "answer" in reply and streamed:
        send_events(reply, answer_events(reply), request, handler)
    else:
        body, kind = document(reply, folder)
        head(handler, reply, kind, [("content-length", str(len(body)))])
        handler.wfile.write(body)


def document(reply, folder):
    if "answer" in reply:
        return json.dumps(answer_json(reply)).encode(), "application/json"
    if "file" in reply:
        return (folder / reply["file"]).read_bytes(), "application/json"
    if "base64" in reply:
        return base64.b64decode(reply["base64"]), reply.get("type", "application/octet-stream")
    if "text" in reply:
        return reply["text"].encode(), reply.get("type", "text/html")
    return json.dumps(reply.get("json", {})).encode(), "application/json"


def head(handler, reply, kind, framing):
    handler.send_response(reply.get("status", 200))
    given = {name.lower() for name in reply.get("headers", {})}
    for name, value in [("content-type", kind)] + framing:
        if name not in given:
            handler.send_header(name, value)
    for name, value in reply.get("headers", {}).items():
        handler.send_header(name, str(value))
    handler.end_headers()


def send_events(reply, events, request, handler):
    head(handler, reply, "text/event-stream", [("transfer-encoding", "chunked")])
    handler.wfile.flush()
    for event in events:
        if not (isinstance(event, dict) and act(event, request, handler)):
            data = event_bytes(event)
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            handler.wfile.flush()
    handler.wfile.write(b"0\r\n\r\n")


def act(event, request, handler):
    """What is no event but something to do; False: it is an event."""
    if "sleep" in event:
        time.sleep(event["sleep"])
    elif event.get("cut"):
        raise Cut
    elif event.get("reset"):
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(handler.connection.detach())
        raise Cut
    elif "watch" in event:
        if select.select([handler.connection], [], [], event["watch"])[0]:
            request.left_at = time.time()
            raise Cut
    else:
        return False
    return True
