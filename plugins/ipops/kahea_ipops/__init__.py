"""The module ``ipops``: operations on IP addresses."""

from kahea_ipops.module import Ipops

__all__ = ["Ipops"]
