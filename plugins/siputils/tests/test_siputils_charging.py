"""Charging vectors, as Kamailio 6 handles them (5.6.3 tells less: it has no status, and answers 1 to all)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from kahea.testing import ConfigError, ServerUnderTest, request

Make = Callable[..., ServerUnderTest]

FULL = {"P-Charging-Vector": "icid-value=abc;icid-generated-at=192.0.2.1;orig-ioi=one.example;term-ioi=two.example"}
BROKEN = {"P-Charging-Vector": "orig-ioi=one.example"}


def outcome(make: Make, flags: str, headers: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return what the script logs, and the header fields of what is forwarded."""
    server = make(
        'loadmodule "siputils.so"\nrequest_route {\n'
        f'    sip_p_charging_vector("{flags}");\n'
        '    test_log("$rc $pcv(status) $pcv(value)");\n'
        '    forward("192.0.2.9", 5060);\n}\n'
    )
    [sent] = server.receive(request(headers=headers))
    logged = [line.split(": ", 2)[2] for line in server.log if "<script>" in line]
    return logged, sent.message.header_values("P-Charging-Vector")


@pytest.mark.parametrize(
    ("flags", "headers", "logged", "sent"),
    [
        ("g", FULL, "1 1 abc", [FULL["P-Charging-Vector"]]),
        ("r", FULL, "4 4 <null>", []),
        ("r", {}, "1 0 <null>", []),
        ("x", BROKEN, "4 4 <null>", []),
        ("", FULL, "1 1 abc", [FULL["P-Charging-Vector"]]),
    ],
)
def test_kept_or_removed(make: Make, flags: str, headers: dict[str, str], logged: str, sent: list[str]) -> None:
    """What can be read is kept unless it is to be removed; what cannot be read is removed."""
    assert outcome(make, flags, headers) == ([logged], sent)


@pytest.mark.parametrize(("flags", "headers", "code"), [("g", {}, 3), ("g", BROKEN, 5), ("F", FULL, 5), ("f", {}, 3)])
def test_made(make: Make, flags: str, headers: dict[str, str], code: int) -> None:
    """A new identifier names this server's address, and where the request leaves from."""
    [line], [sent] = outcome(make, flags, headers)
    match = re.fullmatch(rf"{code} 3 (495653[0-9A-F]{{26}})", line)
    assert match is not None
    assert sent == f"icid-value={match[1]};icid-generated-at=127.0.0.1"


def test_an_unknown_part_is_refused(make: Make) -> None:
    """A part that is none is a mistake in the file."""
    with pytest.raises(ConfigError):
        make('loadmodule "siputils.so"\nrequest_route { test_log("$pcv(nothing)"); }')


@pytest.fixture
def make(kahea_server: Make) -> Make:
    """Makes servers."""
    return kahea_server
