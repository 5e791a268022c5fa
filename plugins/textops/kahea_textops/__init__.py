"""The module ``textops``: operations on the text of messages."""

from kahea_textops.module import Textops

__all__ = ["Textops"]
