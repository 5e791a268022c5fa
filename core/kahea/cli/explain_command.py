"""``kahea explain CODE``: what a diagnostic means and how to mend it."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence

# Imported for what they register.
import kahea.cfg.codes
import kahea.net.codes
import kahea.script.codes
import kahea.server.codes  # noqa: F401
from kahea.diagnostics.codes import all_codes, lookup
from kahea.diagnostics.suggest import did_you_mean


def run(words: Sequence[str]) -> int:
    """Explain a code, or list all codes.

    Args:
        words: what follows ``kahea explain``.

    Returns:
        The exit code: 0, or 1 for a code that does not exist.
    """
    parser = ArgumentParser(prog="kahea explain", description="Explain a diagnostic's code, or list all codes.")
    parser.add_argument("code", nargs="?", metavar="CODE", help="what stands in brackets at the end of a diagnostic")
    wanted = parser.parse_args(words).code
    if wanted is None:
        width = max(len(known.name) for known in all_codes())
        for known in all_codes():
            print(f"{known.name:<{width}}  {known.summary}")
        return 0
    code = lookup(wanted.strip("[]"))
    if code is None:
        near = did_you_mean(wanted, [known.name for known in all_codes()])
        print(f"kahea: no diagnostic has the code `{wanted}`", file=sys.stderr)
        print(f"  help: {near or 'kahea explain lists all codes'}", file=sys.stderr)
        return 1
    print(code.explanation)
    return 0
