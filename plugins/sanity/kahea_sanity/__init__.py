"""The module ``sanity``: checks of incoming messages."""

from kahea_sanity.module import Sanity

__all__ = ["Sanity"]
