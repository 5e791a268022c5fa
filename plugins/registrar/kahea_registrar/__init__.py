"""The module ``registrar``: REGISTER requests and the look-up of contacts."""

from kahea_registrar.module import Registrar

__all__ = ["Registrar"]
