"""What every module promises."""

from __future__ import annotations

from kahea.testing import ModuleContract
from kahea_textops import Textops


class TestContract(ModuleContract):
    """The promises, for textops."""

    module = Textops
