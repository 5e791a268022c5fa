"""What the module ``template`` offers. It reads like a table of contents; the work is beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from kahea.api import Message, Module, Params, Request, Route, Scope, Text, function, pvar, rpc
from msgspec import Meta

from kahea_template.greetings import greeting_for


class TemplateParams(Params):
    """REPLACE ME: the parameters, ``modparam("template", NAME, VALUE)``; leave the class out if there are none."""

    greeting: Annotated[str, Meta(description="The word before the name.")] = "hello"


class Template(Module[TemplateParams]):
    """Greets callers.

    REPLACE ME: the first line is the summary, the rest the overview in the reference.
    """

    def child_init(self, housekeeper: bool) -> None:  # REPLACE ME: leave out what a worker does not need at its start
        """Start counting anew in each worker."""
        self.greeted = 0

    @function(routes=Route.REQUEST)  # REPLACE ME: the routes in which a call makes sense; Route.ANY is the default
    def template_greet(self, msg: Request, name: Text) -> bool:
        """Write a greeting into the log.

        Args:
            name: who is greeted; may hold pseudo-variables.

        Returns:
            True, or false when the name is empty.

        Example:
            template_greet("$fU");
        """
        return self._greet(greeting_for(name, self.params.greeting))

    # REPLACE ME: what can be prepared when all arguments are literals; leave it out if nothing can.
    @template_greet.when_constant
    def _prepared(self, name: str) -> Callable[[Request], bool]:
        text = greeting_for(name, self.params.greeting)
        return lambda msg: self._greet(text)

    @pvar("template_greeted")
    def greeted_callers(self, msg: Message) -> int:
        """How many callers this worker has greeted."""
        return self.greeted

    @rpc("template.greeted", scope=Scope.EACH, merge=sum)
    def greeted_of_all(self) -> int:
        """How many callers all workers have greeted."""
        return self.greeted

    def _greet(self, text: str | None) -> bool:
        if text is None:
            return False
        self.greeted += 1
        self.core.log.info(text, self.name)
        return True
