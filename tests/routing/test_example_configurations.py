"""The configurations in examples/ that grow from the smallest one to that of Kamailio's package."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from kahea.cli import main
from kahea.testing import ServerUnderTest, request

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(EXAMPLES.glob("*.cfg"))
CONTACT = {"To": "<sip:bob@127.0.0.1>", "Contact": "<sip:bob@127.0.0.9:5070>;expires=60"}


@pytest.fixture(params=["registrar", "proxy"])
def server(request: pytest.FixtureRequest, kahea_server: Callable[..., ServerUnderTest]) -> ServerUnderTest:
    """A server on one of the files."""
    path = EXAMPLES / f"{request.param}.cfg"
    made: ServerUnderTest = kahea_server(path.read_text(encoding="utf-8"), path=path)
    return made


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_file_is_valid(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to complain of, not even a warning."""
    assert main(["check", str(path)]) == 0
    assert "warning" not in capsys.readouterr().out


@pytest.mark.oracle
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_real_server_takes_the_file(path: Path) -> None:
    """The example runs under Kamailio too."""
    if shutil.which("kamailio") is None:
        pytest.skip("kamailio is not installed")
    done = subprocess.run(["kamailio", "-c", "-f", str(path)], capture_output=True, text=True, timeout=20, check=False)

    assert done.returncode == 0, done.stderr


def test_who_may_ask_what(server: ServerUnderTest) -> None:
    """Users of other servers, unknown users and broken requests are refused; the server says that it is there."""
    assert server.receive(request("OPTIONS", "sip:127.0.0.1")).statuses == [200]
    assert server.receive(request("INVITE", "sip:bob@example.org", call_id="1")).statuses[-1:] == [403]
    assert server.receive(request("INVITE", "sip:nobody@127.0.0.1", call_id="2")).statuses[-1:] == [404]
    loop = request("INVITE", "sip:bob@127.0.0.1", headers={"Max-Forwards": "0"}, call_id="3")
    assert server.receive(loop).statuses == [483]


def test_a_registered_user_is_found(server: ServerUnderTest) -> None:
    """A caller is told the place that the callee has registered, or the call is passed on to that place."""
    assert server.receive(request("REGISTER", "sip:127.0.0.1", headers=CONTACT, call_id="r")).statuses == [200]
    sent = server.receive(request("INVITE", "sip:bob@127.0.0.1", call_id="c"))
    last = sent.messages[-1]
    if sent.statuses == [302]:
        assert last.header("Contact") == "<sip:bob@127.0.0.9:5070>"
    else:
        assert sent.statuses == [100]
        assert (sent[-1].destination.ip, sent[-1].destination.port) == ("127.0.0.9", 5070)
        assert last.header("Record-Route")
