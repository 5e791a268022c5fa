"""What every module promises."""

from __future__ import annotations

from kahea.testing import ModuleContract
from kahea_tmx import Tmx


class TestContract(ModuleContract):
    """The promises, for tmx."""

    module = Tmx
    needs = ("tm",)
    companions = ("tm", "pv", "xlog", "sl")
