"""What the module ``textops`` offers to the configuration."""

from __future__ import annotations

from kahea.api import Module, NoParams

from kahea_textops.body_functions import BodyFunctions
from kahea_textops.header_functions import HeaderFunctions
from kahea_textops.text_functions import TextFunctions
from kahea_textops.value_functions import ValueFunctions


class Textops(ValueFunctions, HeaderFunctions, TextFunctions, BodyFunctions, Module[NoParams]):
    """Operations on the text of messages: methods, header fields, searching and replacing, bodies."""
