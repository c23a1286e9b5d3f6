"""The gateway's catalogue: rows, queries, and how endpoints have been doing."""
import pytest

from support import replies
from support.gateway import Gateway, provider

ROWS = [
    {"id": "acme/small", "name": "Small talk", "contextWindow": 8000, "cost": {"input": 1, "output": 2},
     "compat": {"supportsTools": False}},
    {"id": "acme/large", "name": "Large", "contextWindow": 200000, "cost": {"input": 5, "output": 25},
     "reasoning": True},
    {"id": "other", "name": "Other", "contextWindow": 32000, "cost": {"input": 0, "output": 0}},
]
SMALL, LARGE, OTHER = (f"fake/{row['id']}" for row in ROWS)


@pytest.fixture
def gateway(lab, tmp_path):
    lab.serve([{"on": "POST /v1/chat", "replies": [{"answer": ["x"] * 20}]}])
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1", *ROWS)}) as running:
        yield running


@pytest.mark.parametrize("query,ids", [
    ("", [SMALL, LARGE, OTHER]),
    ("q=talk", [SMALL]), ("q=ACME%2Fla", [LARGE]), ("q=nothing", []),
    ("supported_parameters=tools", [LARGE, OTHER]),
    ("supported_parameters=tools,reasoning", [LARGE]),
    ("supported_parameters=temperature,%20top_p", [SMALL, LARGE, OTHER]),
    ("context=32000", [LARGE, OTHER]),
    ("max_price=1", [SMALL, OTHER]), ("min_price=0.5&max_price=4.99", [SMALL]),
    ("min_output_price=25", [LARGE]), ("max_output_price=2", [SMALL, OTHER]),
    ("model_authors=fake,acme", [SMALL, LARGE, OTHER]), ("model_authors=acme", []),
    ("input_modalities=text", [SMALL, LARGE, OTHER]), ("input_modalities=text,image", []),
    ("output_modalities=all", [SMALL, LARGE, OTHER]), ("output_modalities=image", []),
    ("min_coding_index=10", []),  # who does not say does not pass
    ("sort=pricing-low-to-high", [OTHER, SMALL, LARGE]),
    ("sort=pricing-high-to-low", [LARGE, SMALL, OTHER]),
    ("sort=context-high-to-low", [LARGE, OTHER, SMALL]),
    ("sort=newest&q=a", [SMALL, LARGE, OTHER]),  # equals keep their order
    ("unknown=1", [SMALL, LARGE, OTHER]),
])
def test_queries(gateway, query, ids):
    listing = gateway.ask("/models?" + query).json
    assert [row["id"] for row in listing["data"]] == ids
    assert listing["total_count"] == len(ids) and listing["links"] == {"next": None}
    assert gateway.ask("/models/count?" + query).json == {"data": {"count": len(ids)}}
    assert gateway.ask("/models/user?" + query).json == listing


def test_pages(gateway):
    page = gateway.ask("/models?sort=newest&limit=2").json
    assert [row["id"] for row in page["data"]] == [SMALL, LARGE] and page["total_count"] == 3
    assert page["links"]["next"] == "/api/v1/models?offset=2&sort=newest&limit=2"
    page = gateway.ask("/" + page["links"]["next"]).json
    assert [row["id"] for row in page["data"]] == [OTHER] and page["links"]["next"] is None
    assert gateway.ask("/models?offset=9").json["data"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "offset=-1", "max_price=cheap",
                                   "context=1e999", "sort=best"])
def test_what_is_no_query(gateway, query):
    answer = gateway.ask("/models?" + query)
    assert answer.status == 400
    assert query.split("=", maxsplit=1)[0] in answer.json["error"]["message"]


def test_what_only_openrouter_can_judge(lab, tmp_path):
    theirs = {"data": [{"id": "a/b", "name": "B"}]}
    lab.serve([{"on": "GET /v1/models$", "replies": [{"json": theirs}]}])
    providers = {"openrouter": provider(lab.plain_url + "/v1", apiKey="sk-or-v1-0123456789"),
                 "fake": provider(lab.plain_url + "/fake", *ROWS)}
    with Gateway(tmp_path, providers) as gateway:
        listing = gateway.ask("/models?category=programming&q=b").json
        assert listing["data"] == theirs["data"] and listing["total_count"] == 1
        asked = lab.upstream.seen[-1]
        assert asked.path == "/v1/models" and asked.query == "category=programming&q=b"
        assert gateway.ask("/models/count?sort=most-popular").json["data"]["count"] == 1


def test_endpoints_tell_how_they_are_doing(gateway, lab):
    def endpoint():
        return gateway.ask("/models/acme/small/endpoints").json["data"]["endpoints"][0]
    fresh = endpoint()
    assert fresh["status"] == 0 and fresh["uptime_last_5m"] is None
    assert fresh["latency_last_30m"] is None and fresh["throughput_last_30m"] is None
    assert "tools" not in fresh["supported_parameters"] and "stop" in fresh["supported_parameters"]
    for _ in range(3):
        gateway.chat("acme/small", stream=True)
    told = endpoint()
    assert told["uptime_last_30m"] == told["uptime_last_1d"] == 100
    assert 0 < told["latency_last_30m"]["p50"] <= told["latency_last_30m"]["p99"] < 5000
    lab.serve([{"on": "POST ", "replies": [{"status": 500, "json": {}}]}])
    gateway.chat("acme/small")
    told = endpoint()
    assert told["status"] == -1 and told["uptime_last_5m"] == 75
    gateway.ask("/models/acme/large/endpoints")  # who only looks makes no row of health
    assert len(gateway.ask("//healthz?verbose").json["endpoints"]) == 1


def test_usage_makes_throughput(lab, tmp_path):
    events = [replies.chunk({"content": "x"}), {"sleep": 0.3}, replies.chunk({}, finish="stop"),
              replies.chunk({}, usage={**replies.USAGE, "completion_tokens": 60}), "[DONE]"]
    lab.serve([{"on": "POST ", "replies": [{"events": events}]}])
    with Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1")}) as gateway:
        gateway.chat(stream=True)
        told = gateway.ask("/models/fake/bench/endpoints").json["data"]["endpoints"][0]
        assert 100 < told["throughput_last_30m"]["p50"] < 300
