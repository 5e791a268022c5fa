"""The function that answers OPTIONS requests."""

from __future__ import annotations

from kahea.api import Module, Request, Route, function

from kahea_siputils.options import OptionsReplies
from kahea_siputils.params import SiputilsParams


class OptionsFunctions(Module[SiputilsParams]):
    """Answers OPTIONS requests."""

    options: OptionsReplies

    def child_init(self, housekeeper: bool) -> None:
        """Find the module that answers requests."""
        self.options = OptionsReplies(self.core, self.params)

    @function(routes=Route.REQUEST)
    def options_reply(self, msg: Request) -> bool:
        """Answer an OPTIONS request that is addressed to the server itself, its Request-URI having no user.

        The reply is a 200 with Accept, Accept-Encoding, Accept-Language and Supported, whose values are parameters.
        The module sl must be loaded.

        Returns:
            true when the reply was sent; false otherwise, such as for another method.

        Example:
            if (is_method("OPTIONS") && uri == myself && $rU == $null) { options_reply(); exit; }
        """
        return self.options.answer(msg)
