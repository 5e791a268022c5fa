"""The module ``sl``: stateless replies."""

from kahea_sl.module import Sl

__all__ = ["Sl"]
