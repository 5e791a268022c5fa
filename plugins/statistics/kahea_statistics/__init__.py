"""The module ``statistics``: statistics that the script updates."""

from kahea_statistics.module import Statistics

__all__ = ["Statistics"]
