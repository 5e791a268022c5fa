"""What all workers see of the module: the probability, and the global flags."""

from __future__ import annotations

import mmap
from typing import Final

FLAGS: Final = 32


class Shared:
    """Values in memory that is shared by all workers, one byte each, so that no change is ever half made.

    It must be made before the workers are forked.

    Args:
        probability: per cent, 0 to 100.
        flags: the global flags, bit by bit.
    """

    def __init__(self, probability: int, flags: int) -> None:
        self._bytes = mmap.mmap(-1, FLAGS + 1)
        self.probability = probability
        self.set_flags(flags)

    @property
    def probability(self) -> int:
        """Per cent, 0 to 100."""
        return self._bytes[FLAGS]

    @probability.setter
    def probability(self, per_cent: int) -> None:
        self._bytes[FLAGS] = per_cent

    @property
    def flags(self) -> int:
        """All global flags, bit by bit."""
        return sum(1 << number for number in range(FLAGS) if self._bytes[number])

    def set_flags(self, mask: int, value: bool = True) -> None:
        """Set the flags of a mask, or reset them."""
        for number in range(FLAGS):
            if mask >> number & 1:
                self.set_flag(number, value)

    def flag(self, number: int) -> bool:
        """Whether a flag is set."""
        return self._bytes[number] != 0

    def set_flag(self, number: int, value: bool) -> None:
        """Set a flag, or reset it."""
        self._bytes[number] = value
