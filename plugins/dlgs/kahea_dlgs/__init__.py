"""The module ``dlgs``: light dialog tracking."""

from kahea_dlgs.module import Dlgs

__all__ = ["Dlgs"]
