"""Parameters (``;name=value``) and lists separated by commas."""

from __future__ import annotations

from kahea.sip.grammar import COMMA_PART, PARAM


def parse_params(text: str) -> dict[str, str | None]:
    """Take the parameters of a header value or of a URI apart.

    Args:
        text: from the first semicolon on; empty for none.

    Returns:
        Lower-case name to value, in order; ``None`` for a parameter without ``=``. A quoted value comes without its
        quotes, escapes untouched. Of a repeated name the first counts. What is not a parameter is skipped.
    """
    params: dict[str, str | None] = {}
    for match in PARAM.finditer(text):
        name, quoted, value = match.groups()
        name = name.lower()
        if name not in params:
            params[name] = quoted[1:-1] if quoted is not None else value
    return params


def find_param(text: str, name: str, start: int = 0) -> tuple[int, int] | None:
    """Find a parameter's place.

    Args:
        text: text that holds parameters.
        name: in lower case.
        start: offset of the first semicolon.

    Returns:
        Offsets of its semicolon and of the end of its value, without trailing blanks; ``None`` if it is not there.
    """
    for match in PARAM.finditer(text, start):
        if match["name"].lower() == name:
            return match.start(), match.start() + len(match[0].rstrip())
    return None


def split_commas(value: str) -> list[str]:
    """Split a header value at the commas that separate its elements.

    Commas inside quoted strings and ``<...>`` do not count. Empty elements are dropped, blanks around each stripped.

    Args:
        value: value of a header whose grammar is a list (RFC 3261 7.3.1).
    """
    if "," not in value:
        value = value.strip()
        return [value] if value else []
    parts = COMMA_PART.findall(value) if '"' in value or "<" in value else value.split(",")
    return [part for part in (part.strip() for part in parts) if part]
