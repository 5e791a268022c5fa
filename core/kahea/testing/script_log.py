"""A module that every server under test has, so that a script can show a value without any other module."""

from __future__ import annotations

from kahea.modules.declare import function
from kahea.modules.kinds import Text
from kahea.modules.module import Module, NoParams
from kahea.sip.message import Message


class ScriptLog(Module[NoParams]):
    """Shows what a script sees."""

    @function()
    def test_log(self, msg: Message, text: Text) -> bool:
        """Write a format string to the log at level ERR; the core's own ``log()`` writes its text as it stands."""
        self.core.log.error(text, "<script>")
        return True
