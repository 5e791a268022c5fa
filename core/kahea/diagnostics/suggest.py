"""Near names: what somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable

_MAX_SUGGESTIONS = 3


def best_matches(word: str, candidates: Iterable[str]) -> list[str]:
    """Return the candidates that *word* may be a slip of, best first.

    Args:
        word: what was written.
        candidates: the names that exist.

    Returns:
        At most three names; none rather than a bad one. About one slip (a letter missing, added,
        changed, or two swapped) in three letters is taken for one; a difference in case only always is.
    """
    limit = _allowed_slips(word)
    folded = word.casefold()
    scored: list[tuple[int, str]] = []
    for candidate in candidates:
        if candidate == word or abs(len(candidate) - len(word)) > limit:
            continue
        other = candidate.casefold()
        slips = 0 if other == folded else _slips(folded, other, limit)
        if slips <= min(limit, _allowed_slips(candidate)):
            scored.append((slips, candidate))
    if not scored:
        return []
    scored.sort()
    best = scored[0][0]
    return [candidate for slips, candidate in scored if slips <= best + (best > 0)][:_MAX_SUGGESTIONS]


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """Return a help text that names the near candidates, or ``None`` when there is none."""
    near = best_matches(word, candidates)
    if not near:
        return None
    quoted = [f"`{name}`" for name in near]
    listed = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
    return f"did you mean {listed}?"


def _allowed_slips(word: str) -> int:
    length = len(word)
    if length < 3:
        return 1 if length == 2 else 0
    return 1 if length < 6 else 2 if length < 12 else 3


def _slips(left: str, right: str, limit: int) -> int:
    """Return the number of edits between two words (swapped neighbours count once), or more than *limit*."""
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        current = [i]
        for j, b in enumerate(right, start=1):
            cost = min(previous[j] + 1, current[-1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]
