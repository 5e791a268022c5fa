"""Kahea module ``tmx``: more functions and pseudo-variables of transactions."""

from kahea_tmx.module import Tmx

__all__ = ["Tmx"]
