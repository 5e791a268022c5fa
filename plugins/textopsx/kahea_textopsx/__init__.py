"""The module ``textopsx``: more operations on the text of messages."""

from kahea_textopsx.module import Textopsx

__all__ = ["Textopsx"]
