"""The module ``pv``: pseudo-variables of the SIP message and variables of the script."""

from kahea_pv.module import Pv

__all__ = ["Pv"]
