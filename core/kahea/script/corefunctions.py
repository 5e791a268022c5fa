"""The functions and pseudo-variables of the language itself, declared as a module declares its own."""

from __future__ import annotations

from kahea.modules.module import Module, NoParams
from kahea.script.coreactions import ForwardActions, MessageActions, SendActions, UriActions
from kahea.script.corevariables import CoreVariables

CORE = "core"
"""The name of what needs no ``loadmodule``; calls of it leave ``$rc`` alone."""


class CoreFunctions(UriActions, MessageActions, SendActions, ForwardActions, CoreVariables, Module[NoParams]):
    """What needs no ``loadmodule``."""
