"""Fixtures of all test suites."""
import signal

import pytest

from support.gateway import Gateway, provider
from support.lab import Lab
from support.program import Home
from support.sandbox import Sandbox

FIGURES = []
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # programs inherit what nohup ignores


@pytest.fixture
def figure():
    """figure(name, value): a measured number, for the end of the log."""
    return lambda name, value: FIGURES.append(f"{name}: {value}")


def pytest_terminal_summary(terminalreporter):
    if FIGURES:
        terminalreporter.section("measured")
        for line in FIGURES:
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def lab_hosts(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("authority"))
    yield lab
    lab.close()


@pytest.fixture
def lab(lab_hosts):
    """The lab with no rules yet: lab.serve([...])."""
    lab_hosts.serve([])
    return lab_hosts


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    """One sandbox without faults for the whole session."""
    with Sandbox(folder=tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def home(tmp_path):
    """A home without configuration and key."""
    return Home(tmp_path)


@pytest.fixture
def sandbox_home(tmp_path, sandbox):
    """A home whose configuration leads to the sandbox, with a key."""
    return Home(tmp_path, config=sandbox.config(), key="sk-or-v1-sandbox")


@pytest.fixture
def fake(lab, tmp_path):
    """fake(rules, own) has the lab follow them as the upstream `fake` and starts a gateway for it."""
    running = []

    def start(rules, own=None, **more):
        lab.serve(rules)
        gateway = Gateway(tmp_path, {"fake": provider(lab.plain_url + "/v1", **more)}, own)
        running.append(gateway)
        return gateway.__enter__()
    yield start
    for gateway in running:
        gateway.__exit__(None)
