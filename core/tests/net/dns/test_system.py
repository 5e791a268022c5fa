"""What resolv.conf and hosts say."""

from __future__ import annotations

from pathlib import Path

import pytest
from kahea.net.dns.system import NameServer, System, WatchedFile, parse_hosts, parse_resolv_conf


@pytest.mark.parametrize(
    ("text", "environment", "wanted"),
    [
        ("", {}, System(search=("corp.example",))),
        (
            "# x\nnameserver 192.0.2.1\nnameserver\t2001:db8::1 \nnameserver fe80::1%eth0\nnameserver 192.0.2.9\n",
            {},
            System((NameServer("192.0.2.1"), NameServer("2001:db8::1"), NameServer("fe80::1%eth0")), ("corp.example",)),
        ),
        (
            "nameserver nonsense\nnonsense\nnameserver 192.0.2.1",
            {},
            System((NameServer("192.0.2.1"),), ("corp.example",)),
        ),
        ("search a.example. b.example\n", {}, System(search=("a.example", "b.example"))),
        ("search a.example\ndomain b.example\n", {}, System(search=("b.example",))),
        ("search .\n", {}, System()),
        (
            "search a.example\noptions ndots:2 timeout:3 attempts:1 rotate\n",
            {},
            System(search=("a.example",), ndots=2, timeout=3.0, attempts=1),
        ),
        ("options timeout:99999 attempts:99 ndots:99\nsearch .", {}, System(ndots=15, timeout=30.0, attempts=5)),
        (
            "search a.example\noptions timeout:3\n",
            {"LOCALDOMAIN": "x.example y.example", "RES_OPTIONS": "timeout:1 attempts:x"},
            System(search=("x.example", "y.example"), timeout=1.0),
        ),
    ],
)
def test_resolv_conf_is_read(text: str, environment: dict[str, str], wanted: System) -> None:
    """Name servers, search list and options are those of resolv.conf(5), its bounds and the environment included."""
    assert parse_resolv_conf(text, environment, "host.corp.example") == wanted


def test_the_hosts_file_is_read() -> None:
    """Each name of a line has its address; a name may stand in several lines (hosts(5))."""
    text = "127.0.0.1 localhost # comment\n::1 localhost ip6-localhost\n#192.0.2.1 off\n192.0.2.7 a.Example a\nbad b\n"

    assert parse_hosts(text) == {
        "localhost": ("127.0.0.1", "::1"),
        "ip6-localhost": ("::1",),
        "a.example": ("192.0.2.7",),
        "a": ("192.0.2.7",),
    }


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    """A file is read again when it has changed, and what was read stays when it is gone."""
    path = tmp_path / "hosts"
    watched: WatchedFile[dict[str, tuple[str, ...]]] = WatchedFile(path, parse_hosts, {})

    assert not watched.look()
    path.write_text("192.0.2.1 a")
    assert watched.look()
    assert not watched.look()
    path.write_text("192.0.2.22 a")
    assert watched.look()
    path.unlink()
    assert not watched.look()
    assert watched.value == {"a": ("192.0.2.22",)}
