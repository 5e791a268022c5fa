"""Kahea module ``tm``: transactions, stateful forwarding and forking."""

from kahea_tm.module import Tm

__all__ = ["Tm"]
