"""Regular expressions that look at lines, and the kinds of arguments that hold them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated, Final, get_args

from kahea.api import Kind, RawText, Value, compile_posix

# what compile_posix returns: an end of the text, a bracket expression, any other escape
_TOKEN: Final = re.compile(r"(?P<end>\\Z)|(?P<bracket>\[(?:\\.|[^\]\\])*\])|\\.", re.DOTALL)

RAW: Final = get_args(RawText)[1].mode
"""How `RawText` is read: as it stands, since a dollar in a pattern is no pseudo-variable."""


@lru_cache(maxsize=1024)
def line_regex(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """Compile a POSIX extended pattern that treats newlines specially (REG_NEWLINE of regcomp(3)).

    ``^`` and ``$`` match at each line's start and end; neither ``.`` nor a negated bracket matches a newline.

    Args:
        pattern: POSIX extended syntax.
        flags: of `re`.

    Raises:
        ValueError: with the reason, when it does not compile.
    """
    return re.compile(_TOKEN.sub(_lined, compile_posix(pattern, flags).pattern), flags | re.MULTILINE)


def _lined(token: re.Match[str]) -> str:
    if token["end"]:
        return "$"
    if token["bracket"] and token[0].startswith("[^"):
        return r"[^\n" + token[0][2:]
    return token[0]


class LineRegexKind(Kind):
    """A pattern, evaluated; compiled by `line_regex`."""

    label = "regex"

    def dynamic(self, value: Value) -> re.Pattern[str]:
        """Return the compiled pattern."""
        return line_regex(str(value or ""))


class LiteralLineRegexKind(LineRegexKind):
    """A pattern as it stands; compiled by `line_regex` when the file is read."""

    mode = RAW


class LiteralWholeRegexKind(Kind):
    """A pattern as it stands that treats newlines like any other character."""

    mode = RAW
    label = "regex"

    def dynamic(self, value: Value) -> re.Pattern[str]:
        """Return the compiled pattern."""
        return compile_posix(str(value or ""))


LineRegex = Annotated[re.Pattern[str], LiteralLineRegexKind()]
"""A regular expression over lines, written out."""
EvaluatedLineRegex = Annotated[re.Pattern[str], LineRegexKind()]
"""A regular expression over lines that may hold pseudo-variables."""
WholeRegex = Annotated[re.Pattern[str], LiteralWholeRegexKind()]
"""A regular expression over the whole text, written out."""
