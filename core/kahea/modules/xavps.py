"""XAVPs: lists of named values, newest first, whose values may be such lists themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator


class Xavp:
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
        self.nodes: list[Xavp] = []
        self.fold = fold

    def named(self, name: str) -> list[Xavp]:
        """Return the values of a name, newest first."""
        fold = self.fold
        wanted = fold(name)
        return [node for node in self.nodes if fold(node.name) == wanted]

    def find(self, name: str, index: int = 0) -> Xavp | None:
        """Return a value by its place among those of its name; negative counts from the oldest."""
        found = self.named(name)
        return found[index] if -len(found) <= index < len(found) else None

    def push(self, name: str, value: str | int | XavpList) -> None:
        """Add a value."""
        self.nodes.insert(0, Xavp(name, value))

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
            node = Xavp(name, XavpList(self.fold))
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

    def copy(self, name: str, index: int, new_name: str) -> Xavp | None:
        """Return a copy of a value under another name, with its children but not their children."""
        node = self.find(name, index)
        if node is None:
            return None
        if not isinstance(node.value, XavpList):
            return Xavp(new_name, node.value)
        children = XavpList(self.fold)
        children.nodes = [
            Xavp(child.name, child.value) for child in node.value.nodes if not isinstance(child.value, XavpList)
        ]
        return Xavp(new_name, children)

    def described(self, level: int = 0) -> Iterator[str]:
        """Yield a line for each value, its children's lines indented after it."""
        for node in self.nodes:
            if isinstance(node.value, XavpList):
                yield f"{'  ' * level}{node.name}:"
                yield from node.value.described(level + 1)
            else:
                yield f"{'  ' * level}{node.name} = {node.value!r}"


class XavpLists:
    """The lists of one run, each made on first use."""

    __slots__ = ("_xavis", "_xavps", "_xavus")

    def __init__(self) -> None:
        # Each transaction has its lists, and most scripts use none of them.
        self._xavps: XavpList | None = None
        self._xavis: XavpList | None = None
        self._xavus: XavpList | None = None

    @property
    def xavps(self) -> XavpList:
        """``$xavp``."""
        found = self._xavps
        if found is None:
            found = self._xavps = XavpList()
        return found

    @property
    def xavis(self) -> XavpList:
        """``$xavi``, whose names ignore case."""
        found = self._xavis
        if found is None:
            found = self._xavis = XavpList(str.lower)
        return found

    @property
    def xavus(self) -> XavpList:
        """``$xavu``, one value for each name."""
        found = self._xavus
        if found is None:
            found = self._xavus = XavpList()
        return found
