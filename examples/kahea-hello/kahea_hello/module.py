"""What the module ``hello`` offers to the configuration; the work is in `kahea_hello.greetings`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from kahea.api import (
    Core,
    EventRoute,
    Int,
    Message,
    Module,
    Params,
    Request,
    Route,
    Run,
    Scope,
    Text,
    Value,
    Var,
    function,
    pvar,
    rpc,
    transformation,
)
from msgspec import Meta, field

from kahea_hello.greetings import Greeter


class HelloParams(Params):
    """Parameters of the module ``hello``."""

    greeting: Annotated[str, Meta(description="The word before the name.", min_length=1)] = "hello"
    nickname: Annotated[
        list[Annotated[str, Meta(pattern="^[^=]+=.+$")]],
        Meta(description="Greets a name by another one, written `name=other`."),
    ] = field(default_factory=list)
    summary_interval: Annotated[
        int, Meta(description="Seconds between two log lines that tell how many were greeted; 0 writes none.", ge=0)
    ] = 0


class Hello(Module[HelloParams]):
    """Greets callers in the log.

    A small module that uses each kind of declaration once, to be copied from.
    """

    event_routes: ClassVar = (EventRoute("hello:greeted", "Runs after a caller was greeted, with the same message."),)

    def __init__(self, name: str, params: HelloParams, core: Core) -> None:
        super().__init__(name, params, core)
        self.greeter = Greeter(params.greeting, params.nickname)
        self.after_greeting: Callable[[Message], int | None] | None = None

    def child_init(self, housekeeper: bool) -> None:
        """Find the event route and start the timer of this worker."""
        self.after_greeting = self.core.event_route("hello:greeted")
        if self.params.summary_interval:
            self.core.timers.every(self.params.summary_interval, self._write_summary)

    # --- functions -------------------------------------------------------------------------------

    @function(routes=Route.REQUEST)
    def hello(self, msg: Request, name: Text, times: Int = 1) -> bool:
        """Write a greeting into the log.

        Args:
            name: who is greeted; may hold pseudo-variables.
            times: how many lines are written; 1 when it is left out.

        Returns:
            True, or false when the name is empty.

        Example:
            hello("$fU", 2);
        """
        return self._greet(msg, self.greeter.text(name), times)

    @hello.when_constant
    def _hello_prepared(self, name: str, times: int = 1) -> Callable[[Request], bool]:
        if not name:
            raise ValueError("the name is empty, nobody would be greeted")
        # What depends on the message stays in the lambda: a script may change $hello_word at any time.
        return lambda msg: self._greet(msg, self.greeter.text(name), times)

    @function()
    def hello_into(self, run: Run, target: Var, name: Text) -> bool:
        """Put a greeting into a pseudo-variable.

        Args:
            target: the pseudo-variable.
            name: who is greeted; may hold pseudo-variables.

        Returns:
            True, or false when the name is empty.

        Example:
            hello_into("$var(greeting)", "$fU");
        """
        greeting = self.greeter.text(name)
        if greeting is None:
            return False
        target.set(run, greeting)
        return True

    # --- pseudo-variables and transformations ----------------------------------------------------

    @pvar("hello")
    def greeting_of(self, msg: Message, name: str) -> str | None:
        """The greeting of the name in parentheses, as in `$hello(alice)`; `$null` when it is empty."""
        return self.greeter.text(name)

    @pvar("hello_word")
    def word(self, msg: Message) -> str:
        """The word before the name in this worker: the parameter `greeting` until something is assigned."""
        return self.greeter.word

    @word.setter
    def set_word(self, msg: Message, value: Value) -> None:
        """Use another word; `$null` brings the parameter back."""
        self.greeter.word = self.greeter.default_word if value is None else str(value)

    @pvar("hello_peer", inline="msg.source.ip")
    def peer(self, msg: Message) -> str:
        """The address that the message came from."""
        return msg.source.ip

    @transformation("hello.greet")
    def greet(self, value: Value, word: Text = "") -> str | None:
        """Make a greeting of a name.

        Args:
            word: stands before the name instead of the usual word.

        Example:
            hello("$(fU{hello.greet,aloha})");
        """
        return self.greeter.text("" if value is None else str(value), word)

    # --- RPC -------------------------------------------------------------------------------------

    @rpc("hello.greeted", scope=Scope.EACH, merge=sum)
    def greeted(self) -> int:
        """Tell how many callers all workers have greeted since the last summary."""
        return self.greeter.greeted

    # ---------------------------------------------------------------------------------------------

    def _greet(self, msg: Message, greeting: str | None, times: int) -> bool:
        if greeting is None:
            return False
        for _ in range(times):
            self.core.log.info(greeting, self.name)
        self.greeter.greeted += 1
        if self.after_greeting is not None:
            self.after_greeting(msg)
        return True

    def _write_summary(self) -> None:
        self.core.log.notice(f"{self.greeter.take_greeted()} callers greeted", self.name)
