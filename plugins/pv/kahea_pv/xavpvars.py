"""Binds ``$xavp``, ``$xavi`` and ``$xavu``, whose lists belong to the run."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import Access, Binder, PvSpec, Run, Value, XavpList

from kahea_pv import xavps
from kahea_pv.binding import inner_of, without_index
from kahea_pv.xavps import Index

IndexOf = Callable[[Run], Index]


def xavp_list(run: Run) -> XavpList:
    """Return the ``$xavp`` of a run."""
    return run.xavps


def xavi_list(run: Run) -> XavpList:
    """Return the ``$xavi`` of a run."""
    return run.xavis


class Path:
    """The name of an XAVP, its indexes ready to be evaluated.

    Args:
        spec: the pseudo-variable.
        binder: compiles what stands in its indexes.

    Raises:
        ValueError: when it is malformed.
    """

    def __init__(self, spec: PvSpec, binder: Binder) -> None:
        without_index(spec)
        steps = xavps.parse_path(inner_of(spec))
        self.root, root_index = steps[0]
        self.root_index = _index(root_index, binder)
        self.child: str | None = None
        self.child_index: IndexOf = _no_index
        if len(steps) > 1:
            self.child, child_index = steps[1]
            self.child_index = _index(child_index, binder)

    def evaluate(self, run: Run) -> tuple[str, Index, str | None, Index]:
        """Return root, its index, child, its index for one run."""
        return self.root, self.root_index(run), self.child, self.child_index(run)


def _no_index(_: Run) -> Index:
    return None


def _index(text: str | None, binder: Binder) -> IndexOf:
    if text is None:
        return _no_index
    text = text.strip()
    if "$" in text:
        evaluate = binder.format(text)
        return lambda run: _evaluated(evaluate(run))
    fixed: Index = text if text == "*" else _number(text)
    return lambda _run: fixed


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f'an index is a number or *, not "{text}"') from None


def _evaluated(text: str) -> Index:
    return "*" if text == "*" else _number(text)


def bind_xavp(spec: PvSpec, binder: Binder, list_of: Callable[[Run], XavpList]) -> Access:
    """Bind ``$xavp`` or ``$xavi``.

    Args:
        spec, binder: as the compiler gives them.
        list_of: finds the list in a run.
    """
    path = Path(spec, binder)

    def get(run: Run) -> Value:
        return xavps.read(list_of(run), *path.evaluate(run))

    def assign(run: Run, value: Value) -> None:
        xavps.assign(list_of(run), *path.evaluate(run), value)

    return Access(spec.text, get, assign)


def bind_xavu(spec: PvSpec, binder: Binder) -> Access:
    """Bind ``$xavu``: a name has one value, assigning replaces it.

    Raises:
        ValueError: when there is an index.
    """
    path = Path(spec, binder)
    if path.root_index is not _no_index or path.child_index is not _no_index:
        raise ValueError("it takes no index")
    root, child = path.root, path.child

    def get(run: Run) -> Value:
        return xavps.read(run.xavus, root, None, child, None)

    def assign(run: Run, value: Value) -> None:
        lists = run.xavus
        if value is not None and child is not None:
            lists.set_child(root, child, value)
        elif child is not None:
            children = lists.child_list(root)
            if children is not None:
                children.remove(child)
        else:
            lists.remove(root)
            if value is not None:
                lists.push(root, value)

    return Access(spec.text, get, assign)


def bind_count(spec: PvSpec, binder: Binder, avp_key: Callable[[str], str]) -> Access:
    """Bind ``$cnt($avp(name))`` and ``$cnt($xavp(name))``.

    Args:
        spec, binder: as the compiler gives them.
        avp_key: finds the key of an AVP by its name.

    Raises:
        ValueError: when something else is to be counted.
    """
    without_index(spec)
    inner = inner_of(spec).strip()
    if inner.startswith("$avp(") and inner.endswith(")"):
        key = avp_key(inner[5:-1])
        return Access(spec.text, lambda run: len(run.avps.get(key, ())))
    if inner.startswith("$xavp(") and inner.endswith(")"):
        path = Path(PvSpec("xavp", inner[6:-1]), binder)
        return Access(spec.text, lambda run: xavps.count(run.xavps, *path.evaluate(run)))
    raise ValueError(f"it counts $avp(name) or $xavp(name), not {inner}")
