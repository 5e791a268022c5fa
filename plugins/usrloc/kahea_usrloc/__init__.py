"""The module ``usrloc``: where users are registered."""

from kahea_usrloc.module import Usrloc

__all__ = ["Usrloc"]
