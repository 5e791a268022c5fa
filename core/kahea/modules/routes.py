"""Route kinds as a set, for the declaration of what may be called where."""

from __future__ import annotations

from enum import Flag


class Route(Flag):
    """Kinds of route blocks; a declaration combines them with ``|`` (Kamailio's route flags)."""

    REQUEST = 1
    FAILURE = 2
    TM_ONREPLY = 4
    BRANCH = 8
    ONSEND = 16
    ERROR = 32
    LOCAL = 64
    CORE_ONREPLY = 128
    BRANCH_FAILURE = 256
    EVENT = 512
    ONREPLY = TM_ONREPLY | CORE_ONREPLY
    ANY = REQUEST | FAILURE | TM_ONREPLY | BRANCH | ONSEND | ERROR | LOCAL | CORE_ONREPLY | BRANCH_FAILURE | EVENT

    def describe(self) -> str:
        """Return the kinds as the documentation writes them: ``any``, ``request|failure|onreply``."""
        if self == Route.ANY:
            return "any"
        names: list[str] = []
        rest = Route(self.value)
        if (rest & Route.ONREPLY) == Route.ONREPLY:
            names.append("onreply")
            rest &= ~Route.ONREPLY
        return "|".join([member.name.lower() for member in Route if member & rest and member.name] + names)
