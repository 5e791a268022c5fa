"""maxfwd in a configuration."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ModuleContract, ServerUnderTest, request
from kahea_maxfwd import Maxfwd

Make = Callable[..., ServerUnderTest]

# the result of each call is written to the log
SCRIPT = """
loadmodule "maxfwd.so"
debug=3
request_route {
    if (is_maxfwd_lt("16")) { log(1, "few"); }
    mf_process_maxfwd_header("10");
    switch ($rc) {
        case 1: log(1, "decremented"); break;
        case 2: log(1, "added"); break;
        case -1: log(1, "exhausted"); break;
        case -2: log(1, "malformed"); break;
    }
    if (is_maxfwd_lt("16")) { log(1, "few"); }
}
"""


class TestContract(ModuleContract):
    """What every module promises."""

    module = Maxfwd


def said(server: ServerUnderTest, value: str) -> list[str]:
    """Return what the script logs for a value of Max-Forwards."""
    before = len(server.log)
    server.receive(request(headers={"Max-Forwards": value}))
    words = ("few", "decremented", "added", "exhausted", "malformed")
    return [line.rpartition(" ")[2] for line in server.log[before:] if line.endswith(words)]


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("70", ["decremented"]),
        ("16", ["decremented", "few"]),
        ("15", ["few", "decremented", "few"]),
        ("0", ["few", "exhausted", "few"]),
        ("", ["few", "exhausted", "few"]),
        ("255", ["decremented"]),
        ("1x", ["malformed"]),
        ("123456", ["malformed"]),
    ],
)
def test_codes(kahea_server: Make, value: str, lines: list[str]) -> None:
    """The codes tell what became of the header, and the checks see the value as changed (as on Kamailio 5.6.3)."""
    assert said(kahea_server(SCRIPT), value) == lines


def test_absent(kahea_server: Make) -> None:
    """A missing header is added, and is no reason to count hops."""
    server = kahea_server(SCRIPT)
    server.receive(request().replace(b"Max-Forwards: 70\r\n", b""))
    assert [line.rpartition(" ")[2] for line in server.log] == ["added"]


def test_limit(kahea_server: Make) -> None:
    """The highest value is a parameter."""
    server = kahea_server(SCRIPT.replace("debug", 'modparam("maxfwd", "max_limit", 12)\ndebug'))
    assert said(server, "70") == ["decremented", "few"]


@pytest.mark.parametrize("limit", ["256", "-1", "ten"])
def test_mistakes(kahea_server: Make, limit: str) -> None:
    """A limit that is no number from 0 to 255 is found when the file is read."""
    with pytest.raises(ConfigError) as caught:
        kahea_server(f'loadmodule "maxfwd.so"\nrequest_route {{ mf_process_maxfwd_header("{limit}"); }}')
    assert [found.code for found in caught.value.diagnostics] == ["bad-argument"]


def test_the_limit_is_changed_while_the_server_runs(kahea_server: Make) -> None:
    """An operator may change max_limit; prepared calls see it."""
    pytest.importorskip("kahea_cfg_rpc")
    server = kahea_server('loadmodule "cfg_rpc.so"\n' + SCRIPT)
    server.rpc("cfg.set", "maxfwd", "max_limit", 3)
    assert server.rpc("cfg.get", "maxfwd", "max_limit") == 3
    assert said(server, "70") == ["decremented", "few"]
    assert server.rpc("cfg.list", "maxfwd") == ["maxfwd: max_limit"]
