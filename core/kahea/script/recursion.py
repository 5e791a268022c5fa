"""Routes that call themselves, directly or through others: only these calls are counted (``max_recursive_level``)."""

from __future__ import annotations

from collections.abc import Mapping

from kahea.cfg import ast as cfg
from kahea.logs import Level
from kahea.modules.callsite import CallSite
from kahea.modules.context import Run
from kahea.script.colours import Key, calls_in, static_target

_BEGINNING = 2
"""Levels that the block which the server runs and a first named route take."""


def recursive_routes(blocks: Mapping[Key, cfg.Route]) -> dict[str, frozenset[str]]:
    """Return for each named route those from which it can be reached again after it called them.

    Args:
        blocks: all route blocks of the configuration.
    """
    called: dict[str, set[str]] = {}
    for (kind, name), route in blocks.items():
        if kind is cfg.RouteKind.NAMED:
            calls = (call for call in calls_in(route.body) if call.name.text == "route")
            called[name] = {target for call in calls if (target := static_target(call)) is not None}
    reached = {name: _reached_from(name, called) for name in called}
    return {
        name: frozenset(target for target in targets if name in reached.get(target, ()) or target == name)
        for name, targets in called.items()
    }


def _reached_from(name: str, called: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = [name]
    while todo:
        for target in called.get(todo.pop(), ()):
            if target not in found:
                found.add(target)
                todo.append(target)
    return found


def deeper(run: Run, levels: int, site: CallSite) -> bool:
    """Go some levels deeper; ``False``, and a line in the log, when that is more than ``max_recursive_level``.

    Args:
        run: whose depth is counted; who goes deeper takes the levels off again.
        levels: that the call adds: the route's, and those of the blocks that the call stands in.
        site: of the call.
    """
    limit = run.core.settings.max_recursive_level
    if run.depth + levels + _BEGINNING > limit:
        run.core.log_bounded(
            f"{site.span}: routes are nested more than {limit} deep (max_recursive_level)", level=Level.ERR
        )
        return False
    run.depth += levels
    return True
