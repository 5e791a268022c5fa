"""The module ``corex``: extensions of the core: flags, sockets, files, sending."""

from kahea_corex.module import Corex

__all__ = ["Corex"]
