"""The openai SDK from npm against `chela sandbox`: only the base URL is another."""
import json
import subprocess

import pytest

from support.program import ROOT

CLIENTS = ROOT / "tests" / "clients"


@pytest.fixture(scope="module")
def outcome(sandbox):
    """What openai.mjs found, by the names of its cases."""
    assert (CLIENTS / "node_modules" / "openai").exists(), (
        "the clients are not installed: (cd tests/clients && npm ci)")
    done = subprocess.run(["node", "openai.mjs", sandbox.url], cwd=CLIENTS, capture_output=True,
                          text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", ["chat", "stream", "completion", "usage", "tools", "tool_result", "json_schema",
                                  "models", "image", "image_edit", "speech_and_transcription", "embeddings",
                                  "error"])
def test_the_sdk(case, outcome):
    assert outcome[case] is True, outcome[case]
