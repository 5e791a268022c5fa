"""The module ``htable``: hash tables that all workers share."""

from kahea_htable.module import Htable

__all__ = ["Htable"]
