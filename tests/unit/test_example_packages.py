"""The module packages outside of the workspace: their own tests pass, and installing one is all that it takes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(command: Sequence[str], variables: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command with further environment variables and return its output."""
    return subprocess.run(
        command, env={**os.environ, **variables}, cwd=folder, capture_output=True, text=True, check=False
    )


def kahea(site: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command with a folder of installed packages."""
    script = "import sys; from kahea.cli import main; sys.exit(main(sys.argv[1:]))"
    return run([sys.executable, "-c", script, *words], {"PYTHONPATH": str(site)}, folder)


@pytest.mark.parametrize("package", ["examples/kahea-hello", "plugins/_template"])
def test_its_own_tests_pass(package: str, site_with: Callable[[str], Path], tmp_path: Path) -> None:
    """The tests of the package pass where it is installed, from any folder."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    tests = ["--import-mode=importlib", "-W", "error", str(ROOT / package / "tests")]

    done = run([*command, *tests], {"PYTHONPATH": str(site_with(package))}, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_an_installed_module_can_be_loaded(site_with: Callable[[str], Path], tmp_path: Path) -> None:
    """Without a change elsewhere, `loadmodule "hello.so"` finds an installed module, and the command lists it."""
    site = site_with("examples/kahea-hello")
    config = tmp_path / "kamailio.cfg"
    config.write_text('loadmodule "/usr/lib/hello.so"\nrequest_route { hello("alice"); }\n', encoding="utf-8")

    checked = kahea(site, tmp_path, "check", str(config))
    listed = kahea(site, tmp_path, "modules")

    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout + checked.stderr
    assert re.search(r"^hello +kahea-hello 0\.1\.0 +Kahea module hello", listed.stdout, re.MULTILINE)


def test_the_configuration_of_the_example_is_valid(site_with: Callable[[str], Path], tmp_path: Path) -> None:
    """`hello.cfg` passes the checker without a warning."""
    checked = kahea(
        site_with("examples/kahea-hello"), tmp_path, "check", str(ROOT / "examples" / "kahea-hello" / "hello.cfg")
    )

    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout + checked.stderr


@pytest.mark.slow
def test_an_installer_builds_and_installs_the_example(tmp_path: Path) -> None:
    """`uv pip install` of the folder makes a package whose module the command finds."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not on PATH")
    source = tmp_path / "kahea-hello"
    shutil.copytree(ROOT / "examples" / "kahea-hello", source)
    site = tmp_path / "site"

    built = run([uv, "pip", "install", "-q", "--no-deps", "--target", str(site), str(source)], {}, tmp_path)
    if built.returncode and re.search("fetch|network|dns error|connect", built.stderr, re.IGNORECASE):
        pytest.skip("the build tools cannot be downloaded")

    assert built.returncode == 0, built.stderr
    assert "hello.greeted" in kahea(site, tmp_path, "modules", "hello").stdout
