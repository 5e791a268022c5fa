"""What tox.ini cannot say: the default environments, one for each module, and where pyenv keeps its Pythons."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from tox.config.loader.memory import MemoryLoader
from tox.config.sets import ConfigSet
from tox.config.types import EnvList
from tox.plugin import impl
from tox.session.state import State

ROOT = Path(__file__).parent


def modules() -> list[str]:
    """Return the names of the modules in plugins/, without the template."""
    return sorted(file.parent.name for file in (ROOT / "plugins").glob("[!_]*/pyproject.toml"))


@impl
def tox_extend_envs() -> Iterable[str]:
    """Add ``plugin-NAME`` for each module."""
    return [f"plugin-{name}" for name in modules()]


@impl
def tox_add_core_config(core_conf: ConfigSet, state: State) -> None:
    """Give each ``plugin-NAME`` the core and that module alone, so that a missing dependency shows."""
    _find_pyenv()
    # The whole suite comes last, so that a run ends with its result.
    default = ["lint", "type", "docs", *tox_extend_envs(), "py312", "py313", "py311"]
    core_conf.loaders.insert(0, MemoryLoader(env_list=EnvList(default)))
    for name in modules():
        state.conf.memory_seed_loaders[f"plugin-{name}"].append(
            MemoryLoader(
                description=f"the module {name} with the core alone",
                uv_sync_flags=["--package", f"kahea-{name.replace('_', '-')}"],
                commands=[f"pytest plugins/{name}/tests"],
                set_env={"KAHEA_TEST_ALONE": "1"},
            )
        )


def _find_pyenv() -> None:
    """Let every Python that pyenv installed be found, not only the chosen one."""
    versions = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    found = [str(folder) for folder in sorted(versions.glob("*/bin"))]
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), *found])
