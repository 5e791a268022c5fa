"""The module ``siputils``: checks and changes of messages and URIs."""

from kahea_siputils.module import Siputils

__all__ = ["Siputils"]
