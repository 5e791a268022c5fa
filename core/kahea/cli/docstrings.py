"""The docstrings of declarations, taken apart: summary, description, arguments, result, examples."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

_SECTION = re.compile(r"(Args|Returns|Raises|Examples?):\s*$")
_ENTRY = re.compile(r"(\*{0,2}\w+(?:, \w+)*):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring in Google's layout.

    Attributes:
        summary: its first line.
        description: the paragraphs between the summary and the first section.
        arguments: the entries of ``Args``, by name, each as one line.
        returns: the text of ``Returns``, as one line.
        examples: the text of each ``Example``, without its indentation.
    """

    summary: str = ""
    description: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    returns: str = ""
    examples: tuple[str, ...] = ()


def parse_docstring(text: str) -> Docstring:
    """Take a docstring apart.

    Args:
        text: the docstring, indented as in the source or not at all.

    Returns:
        Its parts; what is missing is empty.
    """
    lines = inspect.cleandoc(text).splitlines()
    sections = list(_sections(lines))
    start = sections[0][0] if sections else len(lines)
    by_title = {title: body for _, title, body in sections}
    return Docstring(
        summary=lines[0].strip() if start else "",
        description="\n".join(lines[1:start]).strip(),
        arguments=dict(_entries(by_title.get("Args", []))),
        returns=_joined(by_title.get("Returns", [])),
        examples=tuple(_unquoted(body) for _, title, body in sections if title.startswith("Example")),
    )


def _sections(lines: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Yield the line, title and unindented body of each section."""
    number = 0
    while number < len(lines):
        heading = _SECTION.match(lines[number])
        if heading is None:
            number += 1
            continue
        start = number
        number += 1
        while number < len(lines) and (not lines[number].strip() or lines[number].startswith(" ")):
            number += 1
        body = textwrap.dedent("\n".join(lines[start + 1 : number])).strip("\n")
        yield start, heading[1], body.splitlines()


def _entries(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (name, text) for each entry of ``Args``; ``a, b: text`` stands for both."""
    starts = [*(number for number, line in enumerate(lines) if _ENTRY.match(line)), len(lines)]
    for start, end in pairwise(starts):
        entry = _ENTRY.match(lines[start])
        assert entry is not None
        for name in entry[1].split(", "):
            yield name.lstrip("*"), _joined([entry[2], *lines[start + 1 : end]])


def _unquoted(lines: list[str]) -> str:
    """Return an example without the marks of code around its lines."""
    return "\n".join(re.sub(r"^(`{1,2})(.*)\1$", r"\2", line) for line in lines)


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())
