"""What Kamailio 6.x does, which no package has: ``python -m tests.oracle.stock.records`` records it again.

It needs ``KAMAILIO_SOURCE``, a source tree in which the server was built, with the modules of its etc/kamailio.cfg, and
the installed package's file. There is a record of each file: of the installed one only where it is needed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from tests.oracle.stock.differences import AS_6
from tests.oracle.stock.server import installed, run, upstream
from tests.oracle.stock.stock_cases import CASES
from tests.oracle.tm.case import Outcome

INSTALLED = Path(__file__).with_name("records") / "installed_6.json"
UPSTREAM = Path(__file__).with_name("records") / "upstream_6.json"


def read(path: Path) -> dict[str, Outcome]:
    """Return what was recorded."""
    return {name: Outcome(**values) for name, values in json.loads(path.read_text())["cases"].items()}


def write(path: Path, version: str, found: Mapping[str, Outcome]) -> None:
    """Keep what a server of that version did."""
    path.parent.mkdir(exist_ok=True)
    record = {"version": version, "cases": {name: asdict(outcome) for name, outcome in found.items()}}
    path.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


def main() -> int:
    """Run the command."""
    server, debian = upstream(), installed()
    if server.real is None:
        print("KAMAILIO_SOURCE names no source tree with a server", file=sys.stderr)
        return 1
    write(UPSTREAM, server.real.version(), run(server.real, CASES, server.file))
    write(INSTALLED, server.real.version(), run(server.real, {name: CASES[name] for name in AS_6}, debian.file))
    return 0


if __name__ == "__main__":
    sys.exit(main())
