"""Kahea module ``acc``: accounting of transactions."""

from kahea_acc.module import Acc

__all__ = ["Acc"]
