"""Diagnostics as data: what is wrong, where, and what would mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from kahea.diagnostics.spans import Span


class Severity(Enum):
    """How bad it is: an error stops the server from starting, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Note:
    """A further fact about a diagnostic, with its own place where it has one."""

    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake.

    Args:
        severity: error or warning.
        code: stable identifier in kebab case, such as ``unknown-function``.
        message: one terse sentence without a full stop, true also when shown alone.
        span: the primary place; ``None`` when the mistake has no place in a text (a missing file).
        help: the fix, as an imperative, or ``None``: no guess is better than a bad one.
        notes: related places.
    """

    severity: Severity
    code: str
    message: str
    span: Span | None
    help: str | None = None
    notes: tuple[Note, ...] = ()


class Diagnostics:
    """Collects the diagnostics of one run over a configuration, in the order they are found."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}

    def error(
        self, code: str, message: str, span: Span | None, *, help: str | None = None, notes: Iterable[Note] = ()
    ) -> None:
        """Record an error."""
        self.add(Diagnostic(Severity.ERROR, code, message, span, help, tuple(notes)))

    def warning(
        self, code: str, message: str, span: Span | None, *, help: str | None = None, notes: Iterable[Note] = ()
    ) -> None:
        """Record a warning."""
        self.add(Diagnostic(Severity.WARNING, code, message, span, help, tuple(notes)))

    def add(self, diagnostic: Diagnostic) -> None:
        """Record a diagnostic; the same one at the same place is recorded once."""
        self._found.setdefault(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Record several."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    @property
    def errors(self) -> list[Diagnostic]:
        """The errors only."""
        return [found for found in self._found if found.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Diagnostic]:
        """The warnings only."""
        return [found for found in self._found if found.severity is Severity.WARNING]

    def raise_for_errors(self) -> None:
        """Raise `ConfigError` with all that was found if there is an error among it."""
        if self.errors:
            raise ConfigError(list(self._found))

    def sort(self) -> None:
        """Put what was found in the order of the text: an included file's where it is included."""
        self._found = dict.fromkeys(sorted(self._found, key=lambda found: _place(found.span)))

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def _place(span: Span | None) -> tuple[int, ...]:
    """Return the offsets that lead to a place, from the outermost file inwards; () for no place."""
    offsets: list[int] = []
    while span is not None:
        offsets.append(span.start)
        span = span.file.included_from
    return tuple(reversed(offsets))


class ConfigError(Exception):
    """A configuration that cannot be run; carries every diagnostic, never only the first."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        self.diagnostics = diagnostics
        errors = [found for found in diagnostics if found.severity is Severity.ERROR]
        first = f": {errors[0].message}" if errors else ""
        super().__init__(f"{len(errors)} configuration error{'s' if len(errors) != 1 else ''}{first}")
