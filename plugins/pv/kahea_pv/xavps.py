"""XAVPs: lists of named values, newest first, whose values may be such lists themselves.

``$xavp(root[i]=>child[j])`` names a value: the i-th of those called *root*, and in the list that is its value the
j-th of those called *child*.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from kahea.api import Value


class Node:
    """A named value.

    Args:
        name: as written.
        value: text, a number, or the list of the children.
    """

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: str | int | XavpList) -> None:
        self.name = name
        self.value = value


class XavpList:
    """Named values, the newest first.

    Args:
        fold: makes names equal that shall be equal.
    """

    __slots__ = ("fold", "nodes")

    def __init__(self, fold: Callable[[str], str] = str) -> None:
        self.nodes: list[Node] = []
        self.fold = fold

    def named(self, name: str) -> list[Node]:
        """Return the values of a name, newest first."""
        fold = self.fold
        wanted = fold(name)
        return [node for node in self.nodes if fold(node.name) == wanted]

    def find(self, name: str, index: int = 0) -> Node | None:
        """Return a value by its place among those of its name; negative counts from the oldest."""
        found = self.named(name)
        return found[index] if -len(found) <= index < len(found) else None

    def push(self, name: str, value: str | int | XavpList) -> None:
        """Add a value."""
        self.nodes.insert(0, Node(name, value))

    def remove(self, name: str, index: int = 0) -> bool:
        """Remove a value by its place; return whether there was one."""
        node = self.find(name, index)
        if node is None:
            return False
        self.nodes.remove(node)
        return True

    def remove_all(self, name: str) -> None:
        """Remove all values of a name."""
        found = self.named(name)
        self.nodes = [node for node in self.nodes if node not in found]

    def child_list(self, name: str, index: int = 0) -> XavpList | None:
        """Return the list of children that is a value, ``None`` when there is no such list."""
        node = self.find(name, index)
        return node.value if node is not None and isinstance(node.value, XavpList) else None

    def set_child(self, name: str, child: str, value: str | int) -> None:
        """Give the newest *name* one value called *child*, in place of the newest one so called."""
        node = self.find(name)
        if node is None or not isinstance(node.value, XavpList):
            if node is not None:
                self.nodes.remove(node)
            node = Node(name, XavpList(self.fold))
            self.nodes.insert(0, node)
        children = node.value
        assert isinstance(children, XavpList)
        children.remove(child)
        children.push(child, value)

    def rotate(self, name: str, count: int) -> bool:
        """Move the newest *count* values of a name behind its oldest; return whether there are any."""
        found = self.named(name)
        if not found:
            return False
        count %= len(found)
        rest = [node for node in self.nodes if node not in found]
        self.nodes = [*found[count:], *found[:count], *rest]
        return True

    def copy(self, name: str, index: int, new_name: str) -> Node | None:
        """Return a copy of a value under another name, with its children but not their children."""
        node = self.find(name, index)
        if node is None:
            return None
        if not isinstance(node.value, XavpList):
            return Node(new_name, node.value)
        children = XavpList(self.fold)
        children.nodes = [
            Node(child.name, child.value) for child in node.value.nodes if not isinstance(child.value, XavpList)
        ]
        return Node(new_name, children)

    def described(self, level: int = 0) -> Iterator[str]:
        """Yield a line for each value, its children's lines indented after it."""
        for node in self.nodes:
            if isinstance(node.value, XavpList):
                yield f"{'  ' * level}{node.name}:"
                yield from node.value.described(level + 1)
            else:
                yield f"{'  ' * level}{node.name} = {node.value!r}"


def shown(value: str | int | XavpList) -> str | int:
    """Return a value as a script sees it; a list has no value of its own."""
    return f"<<xavp:{id(value):#x}>>" if isinstance(value, XavpList) else value


# --- names -----------------------------------------------------------------------------------------

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


def _matching(lists: XavpList, name: str, index: Index) -> list[Node]:
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


def _imploded(node: Node, quote: str) -> str:
    if node.value == "":
        return f"{node.name};"
    marks = quote if isinstance(node.value, str) else ""
    return f"{node.name}={marks}{node.value}{marks};"
