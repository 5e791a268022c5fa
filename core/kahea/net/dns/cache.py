"""What was answered lately."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator

from kahea.net.dns.questions import Answer, Question

_ENTRY_SIZE = 100
_RECORD_SIZE = 60
"""Bytes that an entry and each of its records are counted as, beside their text."""


class Cache:
    """Answers until they expire, the least recently used first.

    Args:
        max_size: bytes that all of it may be counted as; the real size is some times that.
    """

    def __init__(self, max_size: int) -> None:
        self.max_size = max_size
        self.size = 0
        self._entries: OrderedDict[Question, Answer] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[tuple[Question, Answer]]:
        return iter(list(self._entries.items()))

    def get(self, question: Question, now: float) -> Answer | None:
        """Return an answer that holds at *now* (monotonic)."""
        answer = self._entries.get(question)
        if answer is None:
            return None
        if answer.expires <= now and not answer.permanent:
            self.remove(question)
            return None
        self._entries.move_to_end(question)
        return answer

    def put(self, question: Question, answer: Answer, now: float, *, displace: bool = False) -> bool:
        """Keep an answer; it takes the place of the one that was there, unless that is permanent.

        Args:
            question: what it answers.
            answer: to keep.
            now: monotonic time.
            displace: where there is no room, drop positive answers that still hold, too; negative ones always make
                room, since anybody who sends requests can cause any number of them.

        Returns:
            Whether it was kept.
        """
        old = self._entries.get(question)
        if old is not None:
            if old.permanent and not answer.permanent:
                return False
            self.remove(question)
        size = _size_of(question, answer)
        if self.size + size > self.max_size and not self._make_room(size, now, displace, answer):
            return False
        self._entries[question] = answer
        self.size += size
        return True

    def remove(self, question: Question) -> bool:
        """Forget an answer; return whether there was one."""
        answer = self._entries.pop(question, None)
        if answer is None:
            return False
        self.size -= _size_of(question, answer)
        return True

    def clear(self, *, permanent: bool = False) -> None:
        """Forget all answers.

        Args:
            permanent: those too that an operator added.
        """
        for question, answer in self:
            if permanent or not answer.permanent:
                self.remove(question)

    def sweep(self, now: float) -> None:
        """Forget what has expired."""
        for question, answer in self:
            if answer.expires <= now and not answer.permanent:
                self.remove(question)

    def _make_room(self, size: int, now: float, displace: bool, answer: Answer) -> bool:
        self.sweep(now)
        displace = displace and bool(answer.records)
        for question, old in self:
            if self.size + size <= self.max_size:
                break
            if not old.permanent and (displace or not old.records):
                self.remove(question)
        return self.size + size <= self.max_size

    @staticmethod
    def size_of(question: Question, answer: Answer) -> int:
        """Return the bytes that an entry is counted as."""
        return _size_of(question, answer)


def _size_of(question: Question, answer: Answer) -> int:
    records = sum(_RECORD_SIZE + len(record if isinstance(record, str) else record[-1]) for record in answer.records)
    return _ENTRY_SIZE + len(question.name) + len(answer.reason) + records
