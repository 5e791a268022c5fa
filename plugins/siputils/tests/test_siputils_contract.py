"""What every module promises."""

from __future__ import annotations

from kahea.testing import ModuleContract
from kahea_siputils import Siputils


class TestContract(ModuleContract):
    """The promises, for siputils."""

    module = Siputils
