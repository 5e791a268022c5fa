"""Run cases against one server by hand: ``python -m tests.oracle.tm.run kamailio|kahea [CASE...]``.

``--save FILE`` keeps what came, ``--against FILE`` compares with what was kept, and ``--show`` prints all of it.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

from bench.servers import Program, kahea, kamailio
from tests.oracle.tm.all_cases import CASES
from tests.oracle.tm.case import Case, Outcome
from tests.oracle.tm.server import run


def main(
    all_cases: Mapping[str, Case] = CASES,
    run: Callable[[Program, Mapping[str, Case]], dict[str, Outcome]] = run,
    programs: Mapping[str, Callable[[], Program | None]] | None = None,
) -> int:
    """Run the command; 1 if a case is stuck or differs.

    Args:
        all_cases: of which it runs some.
        run: runs cases against a program.
        programs: to choose from.
    """
    programs = programs or {"kamailio": kamailio, "kahea": kahea}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", choices=tuple(programs))
    parser.add_argument("cases", nargs="*", help="names, or beginnings of names")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep what came; other cases of the file stay")
    parser.add_argument("--against", type=Path, metavar="FILE", help="compare with what was kept")
    parser.add_argument("--show", action="store_true", help="print messages and log lines")
    options = parser.parse_intermixed_args()
    program = programs[options.program]()
    if program is None:
        parser.error(f"{options.program} is not installed")
    wanted = tuple(options.cases)
    cases = {name: case for name, case in all_cases.items() if not wanted or name.startswith(wanted)}
    start = time.monotonic()
    found = run(program, cases)
    bad = [name for name, outcome in found.items() if outcome.stuck]
    for name, outcome in found.items():
        if options.show:
            print(f"\n##### {name}", *outcome.lines(), sep="\n")
        elif outcome.stuck:
            print(f"{name} is stuck: {outcome.stuck}")
    if options.against:
        kept = {name: Outcome(**values) for name, values in json.loads(options.against.read_text()).items()}
        bad = [name for name in found if name in kept and found[name] != kept[name]]
        for name in bad:
            print(f"\n##### {name}")
            before, after = kept[name].lines(), found[name].lines()
            print(*difflib.unified_diff(before, after, "kept", program.name, n=2, lineterm=""), sep="\n")
    if options.save:
        all_kept = json.loads(options.save.read_text()) if options.save.exists() else {}
        all_kept |= {name: asdict(outcome) for name, outcome in found.items()}
        options.save.write_text(json.dumps(all_kept, indent=1, sort_keys=True))
    print(f"{len(found)} cases in {time.monotonic() - start:.1f} s, {len(bad)} stuck or different: {' '.join(bad)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
