"""The module ``rtimer``: route blocks that run by the clock."""

from kahea_rtimer.module import Rtimer

__all__ = ["Rtimer"]
