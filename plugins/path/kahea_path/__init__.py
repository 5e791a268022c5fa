"""The module ``path``: the way to a client behind an edge proxy."""

from kahea_path.module import Path

__all__ = ["Path"]
