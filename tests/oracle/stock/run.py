"""Run cases of the stock configuration by hand: ``python -m tests.oracle.stock.run kamailio|kahea [CASE...]``.

Options are those of ``tests.oracle.tm.run``. ``kamailio-source`` is the real server built in ``KAMAILIO_SOURCE``.
The file is the installed one, ``STOCK_FILE`` names another; ``STOCK_WORKERS`` is the number of workers.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.servers import Program, kahea
from tests.oracle.stock.server import installed, run, upstream
from tests.oracle.stock.stock_cases import CASES
from tests.oracle.tm.case import Case, Outcome
from tests.oracle.tm.run import main


def _run(program: Program, cases: Mapping[str, Case]) -> dict[str, Outcome]:
    return run(
        program,
        cases,
        Path(os.environ.get("STOCK_FILE") or installed().file),
        int(os.environ.get("STOCK_WORKERS", "1")),
    )


if __name__ == "__main__":
    programs = {
        "kamailio": lambda: installed().real,
        "kamailio-source": lambda: upstream().real,
        "kahea": kahea,
    }
    sys.exit(main(CASES, _run, programs))
