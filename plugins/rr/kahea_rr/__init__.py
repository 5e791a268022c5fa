"""The module ``rr``: Record-Route and Route."""

from kahea_rr.module import Rr

__all__ = ["Rr"]
