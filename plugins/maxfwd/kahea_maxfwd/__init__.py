"""The module ``maxfwd``: the Max-Forwards header."""

from kahea_maxfwd.module import Maxfwd

__all__ = ["Maxfwd"]
