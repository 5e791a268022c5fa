"""What every module promises."""

from __future__ import annotations

from kahea.testing import ModuleContract
from kahea_pv import Pv


class TestContract(ModuleContract):
    """The promises, for pv."""

    module = Pv
