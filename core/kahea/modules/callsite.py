"""The place of a call in the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from kahea.diagnostics import Span


@dataclass(frozen=True, slots=True)
class CallSite:
    """The place of a call, for the log and for functions that ask for it.

    Args:
        name: what is called, as written.
        span: where it stands; as text it is ``file:line:column``.
        route: the block it stands in, such as ``request_route`` or ``route[RELAY]``.
    """

    name: str
    span: Span
    route: str = ""

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.span.file.name

    @property
    def line(self) -> int:
        """The line in the file, from 1."""
        return self.span.file.position(self.span.start)[0]
