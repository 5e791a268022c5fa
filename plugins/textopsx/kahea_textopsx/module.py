"""What the module ``textopsx`` offers to the configuration."""

from __future__ import annotations

from kahea.api import Module, NoParams

from kahea_textopsx.iterator_functions import HeaderIteratorFunctions, LineIteratorFunctions
from kahea_textopsx.message_functions import MessageFunctions
from kahea_textopsx.value_functions import HeaderValueFunctions


class Textopsx(
    MessageFunctions, HeaderValueFunctions, HeaderIteratorFunctions, LineIteratorFunctions, Module[NoParams]
):
    """More operations on the text of messages: applying changes, values of headers, walks over headers and bodies."""
