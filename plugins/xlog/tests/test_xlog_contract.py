"""What every module promises."""

from __future__ import annotations

from kahea.testing import ModuleContract
from kahea_xlog import Xlog


class TestContract(ModuleContract):
    """The promises, for xlog."""

    module = Xlog
