"""The module ``counters``: counters of the script."""

from kahea_counters.module import Counters

__all__ = ["Counters"]
