"""The promises of the module."""

from __future__ import annotations

from kahea.testing import ModuleContract
from kahea_dlgs import Dlgs


class TestContract(ModuleContract):
    """What every module promises."""

    module = Dlgs
