"""The module ``siputils``: checks and edits of URIs, numbers and headers."""

from kahea_siputils.module import Siputils

__all__ = ["Siputils"]
