"""The benchmark command."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.servers import Program

COMPARE = Path(__file__).resolve().parents[2] / "bench" / "compare.py"


@pytest.mark.parametrize("load", [("--window", "8"), ("--rate", "4000")], ids=["closed-loop", "open-loop"])
def test_the_benchmark_measures_a_server(program: Program, load: tuple[str, str]) -> None:
    """One short round prints the server's row without a loss, and ends with 0."""
    done = subprocess.run(
        [sys.executable, str(COMPARE), "--only", program.name, "--messages", "1000", "--rounds", "1", *load],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    row = next(
        line.split() for line in done.stdout.splitlines() if line.startswith(f"{program.name} {program.version()} ")
    )
    _, _, cost, *_, lost, unmatched = row
    assert (lost, unmatched) == ("0", "0")
    assert 0 < float(cost) < 10_000
    assert f"{program.name} answered with: 200" in done.stdout


def test_the_benchmark_of_calls_measures_a_server(program: Program) -> None:
    """One short round prints the server's row without a failed call, and ends with 0."""
    if program.name == "kahea":
        pytest.importorskip("kahea_tm")
    if shutil.which("sipp") is None:
        pytest.skip("sipp is not installed")

    done = subprocess.run(
        [*(sys.executable, "-m", "bench.calls", "--only", program.name, "--children", "1"), "--calls=50", "--rounds=1"],
        cwd=COMPARE.parents[1],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    row = next(
        line.split() for line in done.stdout.splitlines() if line.startswith(f"{program.name} {program.version()} ")
    )
    assert 0 < float(row[2]) < 100_000
    assert row[5] == "0"
