"""Names of XAVPs, and what reading and assigning one does.

``$xavp(root[i]=>child[j])`` names a value: the i-th of those called *root*, and in the list that is its value the
j-th of those called *child*.
"""

from __future__ import annotations

import re
from typing import Final

from kahea.api import Value, Xavp, XavpList


def shown(value: str | int | XavpList) -> str | int:
    """Return a value as a script sees it; a list has no value of its own."""
    return f"<<xavp:{id(value):#x}>>" if isinstance(value, XavpList) else value


Index = int | str | None
"""A number, ``"*"`` for all, or nothing."""

_STEP: Final = re.compile(r"\s*(?P<name>[^\s=\[\]]+)\s*(?:\[(?P<index>[^\[\]]+(?:\[[^\[\]]*\][^\[\]]*)*)\]\s*)?")


def parse_path(text: str) -> list[tuple[str, str | None]]:
    """Take the name of an XAVP apart.

    Args:
        text: ``root[index]=>child[index]``; the indexes and the child may be absent.

    Returns:
        one or two names, each with its index as written.

    Raises:
        ValueError: when it is written differently.
    """
    steps = []
    for step in text.split("=>", 1):
        match = _STEP.fullmatch(step)
        if match is None:
            raise ValueError(f'expected "root[index]=>child[index]", got "{text}"')
        steps.append((match["name"], match["index"]))
    return steps


def read(lists: XavpList, root: str, root_index: Index, child: str | None, child_index: Index) -> Value:
    """Return the value that a name stands for.

    Args:
        lists: the root list.
        root, root_index: the first step; without an index, or with ``*``, the newest.
        child, child_index: the second step; ``*`` gives all, with commas between.
    """
    node = lists.find(root, _place(root_index))
    if node is None:
        return None
    if child is None:
        return shown(node.value)
    if not isinstance(node.value, XavpList):
        return None
    if child_index == "*":
        found = node.value.named(child)
        return ", ".join(str(shown(each.value)) for each in found) if found else None
    node = node.value.find(child, _place(child_index))
    return None if node is None else shown(node.value)


def assign(lists: XavpList, root: str, root_index: Index, child: str | None, child_index: Index, value: Value) -> None:
    """Assign to a name: without an index a value is added, with one that value is replaced; null removes.

    Without an index on *root*, a child goes into a new *root*.

    Raises:
        ValueError: when there is nothing at the index, or *root* has no children.
    """
    if value is None:
        _remove(lists, root, root_index, child, child_index)
    elif child is None:
        _put(lists, root, root_index, value)
    elif root_index is None:
        children = XavpList(lists.fold)
        children.push(child, value)
        lists.push(root, children)
    elif root_index != "*":
        node = lists.find(root, _place(root_index))
        if node is not None:
            if not isinstance(node.value, XavpList):
                raise ValueError(f"{root}[{root_index}] has no fields")
            _put(node.value, child, child_index, value)


def _put(lists: XavpList, name: str, index: Index, value: str | int) -> None:
    if index is None:
        lists.push(name, value)
        return
    if index == "*":
        raise ValueError("[*] takes only $null")
    node = lists.find(name, _place(index))
    if node is None:
        raise ValueError(f"there is no {name}[{index}]")
    node.value = value


def _remove(lists: XavpList, root: str, root_index: Index, child: str | None, child_index: Index) -> None:
    if child is None:
        if root_index == "*":
            lists.remove_all(root)
        else:
            lists.remove(root, _place(root_index))
        return
    if root_index == "*":
        nodes = lists.named(root)
    else:
        node = lists.find(root, _place(root_index))
        nodes = [] if node is None else [node]
    for node in nodes:
        if isinstance(node.value, XavpList):
            if child_index == "*":
                node.value.remove_all(child)
            else:
                node.value.remove(child, _place(child_index))


def _place(index: Index) -> int:
    return index if isinstance(index, int) else 0


def count(lists: XavpList, root: str, root_index: Index, child: str | None, child_index: Index) -> int:
    """Return the number of values that a name stands for; a missing index means all."""
    nodes = _matching(lists, root, root_index)
    if child is None:
        return len(nodes)
    return sum(len(_matching(node.value, child, child_index)) for node in nodes if isinstance(node.value, XavpList))


def _matching(lists: XavpList, name: str, index: Index) -> list[Xavp]:
    if not isinstance(index, int):
        return lists.named(name)
    node = lists.find(name, index)
    return [] if node is None else [node]


# --- as parameters ---------------------------------------------------------------------------------


def imploded(lists: XavpList, root: str, quote: str = "") -> str:
    """Return the children of the newest *root* as parameters: ``a=1;b=2;``."""
    children = lists.child_list(root)
    if children is None:
        return ""
    return "".join(_imploded(node, quote) for node in children.nodes if not isinstance(node.value, XavpList))


def _imploded(node: Xavp, quote: str) -> str:
    if node.value == "":
        return f"{node.name};"
    marks = quote if isinstance(node.value, str) else ""
    return f"{node.name}={marks}{node.value}{marks};"
