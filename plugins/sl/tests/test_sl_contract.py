"""What every module promises."""

from __future__ import annotations

from kahea.testing import ModuleContract
from kahea_sl import Sl


class TestContract(ModuleContract):
    """The promises, for sl."""

    module = Sl
