"""The module ``tcpops``: look at and change TCP connections."""

from kahea_tcpops.module import Tcpops

__all__ = ["Tcpops"]
