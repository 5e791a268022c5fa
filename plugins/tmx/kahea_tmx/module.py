"""What the module ``tmx`` offers to the configuration."""

from __future__ import annotations

from typing import ClassVar

from kahea.api import EventRoute

from kahea_tmx.functions import TmxFunctions
from kahea_tmx.pseudo_variables import TmxVariables


class Tmx(TmxFunctions, TmxVariables):
    """More functions and pseudo-variables of transactions: suspending, cancelling, looking."""

    event_routes: ClassVar = (
        EventRoute("tmx:continue", "Runs for a transaction that goes on, in routing scripts of other languages."),
    )
