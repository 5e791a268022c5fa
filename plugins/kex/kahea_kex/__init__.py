"""The module ``kex``: extensions of the core: flags, destination URI, log level."""

from kahea_kex.module import Kex

__all__ = ["Kex"]
