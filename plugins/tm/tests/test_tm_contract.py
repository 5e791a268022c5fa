"""What every module promises."""

from __future__ import annotations

from kahea.testing import ModuleContract
from kahea_tm import Tm


class TestContract(ModuleContract):
    """The promises, for tm."""

    module = Tm
