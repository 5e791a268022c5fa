"""Takes pseudo-variables and format strings apart, without knowing what any name means.

A pseudo-variable is ``$name``, ``$name(inner)`` or ``$(name(inner)[index]{class.transformation,parameters})``.
"""

from __future__ import annotations

from dataclasses import dataclass

from kahea.diagnostics import Span

_NAME_MARKS = "_.?"
"""What a name may hold beside letters and digits (Kamailio: is_pv_valid_char); ``?`` is a name by itself."""

_MAX_DEPTH = 32
"""Pseudo-variables nested in each other."""


class PvSyntaxError(ValueError):
    """A pseudo-variable that cannot be read.

    Attributes:
        message: what is wrong.
        offset: where, counted in characters from the start of the text.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Transformation:
    """``{class.name,parameter,...}``; a parameter that is a pseudo-variable is a `PvSpec`."""

    cls: str
    name: str
    params: tuple[str | PvSpec, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class PvSpec:
    """A pseudo-variable taken apart.

    Attributes:
        name: without the ``$``.
        inner: the text in parentheses, ``None`` when there is none.
        inner_parts: `inner` as a format: text and pseudo-variables in turn.
        index: a number, ``"*"``, a pseudo-variable, or ``None``.
        transformations: in order of application.
        text: as written.
    """

    name: str
    inner: str | None = None
    inner_parts: tuple[str | PvSpec, ...] = ()
    index: int | str | PvSpec | None = None
    transformations: tuple[Transformation, ...] = ()
    text: str = ""


def parse_pv(text: str, span: Span | None = None) -> PvSpec:
    """Take one pseudo-variable apart.

    Args:
        text: as written, with the ``$``.
        span: its place, for the places of its transformations.

    Raises:
        PvSyntaxError: when it cannot be read, or something follows it.
    """
    reader = _Reader(text, span)
    spec = reader.pv(0)
    if reader.position != len(text):
        raise PvSyntaxError("unexpected text behind the pseudo-variable", reader.position)
    return spec


def parse_format(text: str, span: Span | None = None) -> list[str | PvSpec]:
    """Take a format string apart: text and pseudo-variables in turn; ``$$`` is a dollar.

    Args:
        text: the string, escapes done.
        span: the place of the text, for the places of transformations.

    Raises:
        PvSyntaxError: when a ``$`` begins nothing that can be read.
    """
    reader = _Reader(text, span)
    return reader.format(0, len(text))


class _Reader:
    def __init__(self, text: str, span: Span | None) -> None:
        self.text = text
        self.span = span
        self.position = 0

    def format(self, depth: int, end: int) -> list[str | PvSpec]:
        parts: list[str | PvSpec] = []
        plain = self.position
        text = self.text
        while True:
            dollar = text.find("$", self.position, end)
            if dollar < 0:
                break
            if text.startswith("$$", dollar):
                parts.append(text[plain : dollar + 1])
                self.position = plain = dollar + 2
                continue
            if dollar > plain:
                parts.append(text[plain:dollar])
            self.position = dollar
            parts.append(self.pv(depth))
            plain = self.position
        if plain < end:
            parts.append(text[plain:end])
        self.position = end
        return parts

    def pv(self, depth: int) -> PvSpec:
        start = self.position
        if depth > _MAX_DEPTH:
            raise PvSyntaxError("pseudo-variables are nested too deeply", start)
        if not self.text.startswith("$", start):
            raise PvSyntaxError("a pseudo-variable begins with `$`", start)
        self.position += 1
        if not self.text.startswith("(", self.position):
            name = self._name(start)
            inner, parts = self._inner(depth)
            return PvSpec(name, inner, parts, text=self.text[start : self.position])
        self.position += 1
        self._blanks()
        name = self._name(start)
        inner, parts = self._inner(depth)
        self._blanks()
        index = self._index(depth)
        transformations = []
        self._blanks()
        while self.text.startswith("{", self.position):
            transformations.append(self._transformation(depth))
            self._blanks()
        if not self.text.startswith(")", self.position):
            raise PvSyntaxError("missing `)` at the end of the pseudo-variable", self.position)
        self.position += 1
        return PvSpec(name, inner, parts, index, tuple(transformations), self.text[start : self.position])

    def _blanks(self) -> None:
        while self.position < len(self.text) and self.text[self.position] in " \t\r\n":
            self.position += 1

    def _name(self, start: int) -> str:
        first = self.position
        text = self.text
        while self.position < len(text) and (text[self.position].isalnum() or text[self.position] in _NAME_MARKS):
            self.position += 1
        if self.position == first:
            raise PvSyntaxError("no name behind `$`; write `$$` for a dollar", start)
        # a dot that ends a sentence in a log line is no part of the name
        while text[self.position - 1] == "." and self.position - 1 > first:
            self.position -= 1
        return text[first : self.position]

    def _inner(self, depth: int) -> tuple[str | None, tuple[str | PvSpec, ...]]:
        if not self.text.startswith("(", self.position):
            return None, ()
        first = self.position + 1
        end = self._closing(self.position, "(", ")")
        self.position = first
        parts = tuple(self.format(depth + 1, end))
        self.position = end + 1
        return self.text[first:end], parts

    def _closing(self, start: int, opens: str, closes: str) -> int:
        """Return the offset of the bracket that closes the one at *start*."""
        level = 0
        for offset in range(start, len(self.text)):
            if self.text[offset] == opens:
                level += 1
            elif self.text[offset] == closes:
                level -= 1
                if level == 0:
                    return offset
        raise PvSyntaxError(f"missing `{closes}` in the pseudo-variable", start)

    def _index(self, depth: int) -> int | str | PvSpec | None:
        if not self.text.startswith("[", self.position):
            return None
        first = self.position + 1
        end = self._closing(self.position, "[", "]")
        content = self.text[first:end].strip()
        self.position = end + 1
        if content == "*":
            return "*"
        if content.startswith("$"):
            return _Reader(content, None).pv(depth + 1)
        try:
            return int(content)
        except ValueError:
            raise PvSyntaxError("an index is a number, `*` or a pseudo-variable", first) from None

    def _transformation(self, depth: int) -> Transformation:
        start = self.position
        end = self._closing(start, "{", "}")
        self.position = end + 1
        span = None
        if self.span is not None and self.span.text == self.text:
            span = Span(self.span.file, self.span.start + start, self.span.start + end + 1, self.span.expanded_from)
        content = self.text[start + 1 : end]
        head, *rest = _split_params(content)
        cls, dot, name = head.strip().partition(".")
        if not dot or not cls or not name:
            raise PvSyntaxError("a transformation is written {class.name}", start)
        params: list[str | PvSpec] = []
        offset = start + 1 + len(head)
        for param in rest:
            offset += 1
            stripped = param.strip()
            if stripped.startswith("$"):
                params.append(_nested(stripped, depth, offset))
            else:
                params.append(param)
            offset += len(param)
        return Transformation(cls, name, tuple(params), span)


def _nested(text: str, depth: int, offset: int) -> PvSpec:
    """Read a pseudo-variable that stands at *offset* inside another."""
    try:
        return _Reader(text, None).pv(depth + 1)
    except PvSyntaxError as error:
        raise PvSyntaxError(error.message, offset + error.offset) from None


def _split_params(content: str) -> list[str]:
    """Split at commas outside of parentheses and braces."""
    pieces: list[str] = []
    level = 0
    start = 0
    for offset, char in enumerate(content):
        if char in "({":
            level += 1
        elif char in ")}":
            level -= 1
        elif char == "," and level == 0:
            pieces.append(content[start:offset])
            start = offset + 1
    pieces.append(content[start:])
    return pieces
