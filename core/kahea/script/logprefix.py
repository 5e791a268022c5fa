"""``log_prefix`` with ``log_prefix_mode=1``: evaluated for each line."""

from __future__ import annotations

from collections.abc import Callable

from kahea.modules.context import Run


class LivePrefix(str):
    """A prefix that is evaluated whenever it is put into a line.

    What a line says while the prefix is being evaluated has none.
    """

    __slots__ = ("_evaluate", "_run")

    _evaluate: Callable[[Run], str] | None
    _run: Run

    def __format__(self, form: str) -> str:
        """Return the text for a line."""
        evaluate, self._evaluate = self._evaluate, None
        if evaluate is None:
            return ""
        try:
            return evaluate(self._run)
        finally:
            self._evaluate = evaluate


def live_prefix(evaluate: Callable[[Run], str]) -> Callable[[Run], str]:
    """Return what makes the prefix of a run's lines from what evaluates it."""

    def of(run: Run) -> str:
        prefix = LivePrefix()
        prefix._evaluate, prefix._run = evaluate, run
        return prefix

    return of
