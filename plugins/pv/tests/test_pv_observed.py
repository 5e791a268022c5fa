"""What pseudo-variables, transformations and functions give, compared with what Kamailio was seen to give.

``observed.json`` holds messages, statements, expressions, and what Kamailio 5.6.3 printed for each and of which type
it was (`test_pv_oracle` runs them there again).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from kahea.api import LocalSocket

GROUPS: dict[str, Any] = json.loads((Path(__file__).parent / "observed.json").read_text(encoding="utf-8"))
SERVER, CLIENT = 21640, 21641
SHOWN = re.compile(r"@(\d+)\.(\d+)\[(.*?)\]@(int|str|null|none)@", re.DOTALL)

_AS_WRITTEN = "Kamailio prints the digits as written; here a number is a number"
_ABSENT = "a number that prints as nothing in Kamailio"

DIFFERENCES: dict[tuple[str, str], tuple[str, str, str]] = {
    # (group, expression): printed here, its type here, why
    ("{s.int}", "$(var(e){s.int})"): ("0", "int", _ABSENT),
    ("{s.int}", "$(var(d){s.int})"): ("123456789", "int", _AS_WRITTEN),
    ("{s.int}", "$(var(plus){s.int})"): ("5", "int", _AS_WRITTEN),
    ("{s.int}", "$(var(big){s.int})"): ("99999999999", "int", "numbers have 64 bits in newer versions"),
    ("transformations with parameters", "$(var(u2){uri.port})"): ("0", "int", _ABSENT),
    ("transformations with parameters", "$(var(u3){uri.port})"): ("0", "int", _ABSENT),
    ("transformations with parameters", "$(var(u8x){uri.port})"): ("0", "int", _ABSENT),
    ("{s.corehash}", "$(var(u8){s.corehash})"): ("3690984735", "str", "bytes above 127 count otherwise in newer versions"),
    ("headers: esc", "$au"): ('j\\"oe', "str", "Kamailio ends the user name at an escaped quote"),
    ("headers: esc", "$aU"): ('j\\"oe', "str", "Kamailio ends the user name at an escaped quote"),
}
"""Where the result here is another one on purpose."""


def script(group: dict[str, Any], printing: Callable[[str], str]) -> str:
    """Return the statements of a group, each expression printed with its type."""
    lines = []
    for number, step in enumerate(group["steps"]):
        lines.append(step["do"])
        for index, expression in enumerate(step["show"]):
            lines.append(
                f'$vn(kind) = "none"; if (typeof("{expression}", "int")) $vn(kind) = "int"; '
                f'else if (typeof("{expression}", "str")) $vn(kind) = "str"; '
                f'else if (typeof("{expression}", "null")) $vn(kind) = "null";'
            )
            lines.append(printing(f"@{number}.{index}[{expression}]@$vn(kind)@"))
    return "\n".join(lines)


def configuration(body: str, message: str) -> str:
    """Return a configuration that runs *body* for the message."""
    if message.startswith("SIP/2.0"):
        return f"request_route {{ exit; }}\nreply_route {{\n{body}\ndrop;\n}}\n"
    return f"request_route {{\n{body}\nexit;\n}}\n"


def shown(group: dict[str, Any], log: str) -> dict[tuple[int, str], list[str]]:
    """Return what was printed for each expression, and its type."""
    found = {}
    for number, index, text, kind in SHOWN.findall(log):
        found[int(number), group["steps"][int(number)]["show"][int(index)]] = [text, kind]
    return found


@pytest.mark.parametrize("name", GROUPS)
def test_as_observed(name: str, kahea_server: Any) -> None:
    """An expression has the value and the type that it has in Kamailio."""
    group = GROUPS[name]
    body = script(group, lambda text: f'log("{text}");')
    server = kahea_server(
        f'loadmodule "pv.so"\n{configuration(body, group["message"])}',
        sockets=[LocalSocket("udp", "127.0.0.1", SERVER)],
    )
    message = group["message"].format(server=SERVER, client=CLIENT)

    server.receive(message.encode("utf-8", "surrogateescape"), source=("127.0.0.1", CLIENT))
    found = shown(group, "\n".join(server.log))

    wrong = []
    for number, step in enumerate(group["steps"]):
        for expression, observed in step["saw"].items():
            text, kind = observed
            text = text.replace("{server}", str(SERVER)).replace("{client}", str(CLIENT))
            if (name, expression) in DIFFERENCES:
                text, kind, _ = DIFFERENCES[name, expression]
            seen = found.get((number, expression), ["nothing at all", ""])
            if [text, kind] == ["", "none"] and seen[1] == "null":
                continue  # what fails in Kamailio is null here; there, it cannot be told from null by a script
            if seen != [text, kind]:
                wrong.append(f"{number} {expression}: {seen}, expected {[text, kind]}")
    assert wrong == []
