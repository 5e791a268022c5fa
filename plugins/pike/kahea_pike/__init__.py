"""The module ``pike``: who sends too much."""

from kahea_pike.module import Pike

__all__ = ["Pike"]
