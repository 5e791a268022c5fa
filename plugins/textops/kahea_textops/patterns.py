"""Regular expressions that look at lines, and the kinds of arguments that hold them."""

from __future__ import annotations

import re
from typing import Annotated, Final

from kahea.api import Kind, Mode, Value, compile_posix

RAW: Final = Mode.RAW
"""A dollar in a pattern is no pseudo-variable."""


def line_regex(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """Compile a POSIX extended pattern that treats newlines specially (REG_NEWLINE of regcomp(3)).

    ``^`` and ``$`` match at each line's start and end; neither ``.`` nor a negated bracket matches a newline.

    Args:
        pattern: POSIX extended syntax.
        flags: of `re`.

    Raises:
        ValueError: with the reason, when it does not compile.
    """
    return compile_posix(pattern, flags, True)


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
