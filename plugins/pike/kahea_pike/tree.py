"""The tree of addresses that are counted, byte by byte, so that few requests from many addresses need little memory.

A node is made below another only when that one was hit often enough; an address is counted by itself once all its
bytes have nodes. It is then a leaf, and becomes red when it is hit as often as the limit within a period.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator


class Node:
    """One byte of an address.

    Attributes:
        byte: the byte.
        parent: the node of the byte before, ``None`` for the first.
        kids: the nodes of the byte behind.
        address: the whole address, of a leaf; "" for others.
        hits: hits in this period while it was the last node of an address, and in the one before.
        leaf_hits: hits of the whole address in this period, and in the one before.
        red: whether the address is blocked.
        expires: when it is removed, in seconds of the clock for timers.
        told: of `leaf_hits` in this period, what other workers know.
        others: what other workers counted in this period, as far as it is known.
    """

    __slots__ = ("address", "byte", "expires", "hits", "hits_before", "kids", "leaf_hits", "leaf_hits_before", "others",
                 "parent", "red", "told")  # fmt: skip

    def __init__(self, byte: int, parent: Node | None) -> None:
        self.byte = byte
        self.parent = parent
        self.kids: dict[int, Node] = {}
        self.address = ""
        self.hits = self.hits_before = 0
        self.leaf_hits = self.leaf_hits_before = 0
        self.red = False
        self.expires = 0.0
        self.told = self.others = 0


class Tree:
    """Counts addresses.

    Args:
        limit: hits of a leaf within a period that make it red.
        growth: hits of a node within a period that make it have a node below.
        latency: seconds without a hit after which a leaf is removed.
    """

    def __init__(self, limit: int, growth: int, latency: int) -> None:
        self._limit = limit
        self._growth = growth
        self._latency = latency
        self._roots: dict[int, Node] = {}
        # leaves and nodes without one below, the one that expires first in front
        self._pending: dict[Node, None] = {}

    def hit(self, address: str, packed: bytes, now: float, whole: bool = False) -> Node | None:
        """Count a request.

        Args:
            address: where it came from.
            packed: the bytes of that.
            now: seconds of the clock for timers.
            whole: make the address a leaf at once.

        Returns:
            The leaf, with one hit more; ``None`` while the address has none.
        """
        node = self._roots.get(packed[0])
        if node is None:
            node = self._roots[packed[0]] = Node(packed[0], None)
            node.hits = 1
            self._keep(node, now)
            if not whole:
                return None
        depth = 1
        kid = node.kids.get(packed[depth])
        while kid is not None:
            node = kid
            depth += 1
            kid = node.kids.get(packed[depth]) if depth < len(packed) else None
        if depth < len(packed):
            if not whole:
                self._hit_inner(node, packed[depth], now)
                return None
            for byte in packed[depth:]:
                node = self._grow(node, byte, now)
        node.address = address
        node.leaf_hits += 1
        self._keep(node, now)
        return node

    def _hit_inner(self, node: Node, byte: int, now: float) -> None:
        node.hits += 1
        growth = self._growth
        if node.hits >= growth or node.hits_before >= growth:
            self._grow(node, byte, now)
        # what is hit now and then does not stay for it

    def _grow(self, parent: Node, byte: int, now: float) -> Node:
        node = parent.kids[byte] = Node(byte, parent)
        node.hits = max(parent.hits - 1, 0)
        if not parent.address and len(parent.kids) == 1:
            self._pending.pop(parent, None)
        self._keep(node, now)
        return node

    def _keep(self, node: Node, now: float) -> None:
        node.expires = now + self._latency
        self._pending.pop(node, None)
        self._pending[node] = None

    def is_hot(self, node: Node) -> bool:
        """Whether a leaf was hit as often as the limit, in this period or the one before."""
        return node.leaf_hits_before >= self._limit or node.leaf_hits + node.others >= self._limit

    def next_period(self, counted_before: Callable[[Node], int]) -> Iterator[Node]:
        """Begin a new period, and yield the leaves that are red no longer.

        Args:
            counted_before: returns what all workers counted of a leaf in the period that ends.
        """
        waiting = list(self._roots.values())
        while waiting:
            node = waiting.pop()
            waiting.extend(node.kids.values())
            node.hits_before, node.hits = node.hits, 0
            node.leaf_hits_before = counted_before(node) if node.address else 0
            node.leaf_hits = node.told = node.others = 0
            if node.red and not self.is_hot(node):
                node.red = False
                yield node

    def remove_expired(self, now: float) -> None:
        """Remove what was not hit for long."""
        pending = self._pending
        while pending:
            node = next(iter(pending))
            if node.expires > now:
                return
            del pending[node]
            if node.kids:
                # an address that is the beginning of others: its node stays, it is no leaf any more
                node.address = ""
                node.leaf_hits = 0
                continue
            parent = node.parent
            if parent is None:
                self._roots.pop(node.byte, None)
                continue
            del parent.kids[node.byte]
            if not parent.kids and not parent.address:
                self._keep(parent, now)

    def leaves(self) -> Iterator[Node]:
        """Yield the addresses that are counted by themselves."""
        waiting = [self._roots[byte] for byte in sorted(self._roots)]
        while waiting:
            node = waiting.pop()
            waiting.extend(node.kids.values())
            if node.address:
                yield node

    def is_warm(self, node: Node) -> bool:
        """Whether a leaf's node grew fast."""
        return node.hits >= self._growth
