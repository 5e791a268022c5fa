"""Pseudo-variables and format strings, taken apart.

Nothing here knows which pseudo-variables exist. The rules are those of Kamailio's parser
(src/core/pvapi.c): a name has letters, digits, ``_``, ``.`` and ``?``, so the dot in ``"from $fu."``
belongs to the name, and a ``$`` without a name is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from kahea.cfg.strings import character_places
from kahea.diagnostics import Span

MAX_NESTING = 20
"""How deep pseudo-variables may stand inside each other."""

_NAME = re.compile(r"[A-Za-z0-9_.?]*")
_BLANK = re.compile(r"[ \t\n]*")
_PLAIN = re.compile(r"[^,}\t\n]*")
_INTEGER = re.compile(r"\s*([+-]?[0-9]+)\s*")
_RAW_PARAMETER = frozenset({("re", "subst")})


class PvSyntaxError(ValueError):
    """A pseudo-variable or a format string that cannot be read.

    Args:
        message: what is wrong, terse.
        offset: where, counted in characters from the start of the text.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Transformation:
    """One ``{class.name,parameters}``.

    Args:
        cls: the class, ``s`` in ``{s.substr,0,2}``.
        name: the rest of the name, which may have dots.
        params: texts and pseudo-variables.
        raw: the parameters as written, for transformations with rules of their own.
        offset: where the brace stands in the text.
        end: offset behind the closing brace.
        span: its place, if the text's place is known.
    """

    cls: str
    name: str
    params: tuple[str | PvSpec, ...]
    raw: str
    offset: int
    end: int
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class PvSpec:
    """A pseudo-variable.

    Args:
        name: the name, ``$`` for ``$$``.
        inner: what stands in its parentheses, ``None`` without them.
        inner_parts: the inner text as a format, if it holds pseudo-variables; only who knows the
            pseudo-variable knows whether it is one.
        index: what stands in brackets: a number, ``*``, a pseudo-variable, or ``None``.
        transformations: in order of application.
        text: the whole as written.
        offset: where it begins in the text.
        end: offset behind it.
        span: its place, if the text's place is known.
    """

    name: str
    inner: str | None = None
    inner_parts: tuple[str | PvSpec, ...] = ()
    index: int | Literal["*"] | PvSpec | None = None
    transformations: tuple[Transformation, ...] = ()
    text: str = ""
    offset: int = 0
    end: int = 0
    span: Span | None = None


def parse_pv(text: str, span: Span | None = None) -> PvSpec:
    """Return the pseudo-variable that *text* is.

    Args:
        text: such as ``$ru`` or ``$(hdr(X)[-1]{s.len})``.
        span: the place of the text, for the places of its parts.

    Raises:
        PvSyntaxError: it is malformed, or something follows it.
    """
    spec = _Reader(text, span).pv(0, 0)
    if spec.end < len(text):
        raise PvSyntaxError(f"unexpected `{text[spec.end]}` after `{spec.text}`", spec.end)
    return spec


def parse_pv_at(text: str, start: int, span: Span | None = None) -> PvSpec:
    """Return the pseudo-variable that begins at *start*; `PvSpec.end` is the offset behind it.

    Args:
        text: where it stands, with anything behind it.
        start: offset of its ``$``.
        span: the place of the text.

    Raises:
        PvSyntaxError: it is malformed.
    """
    return _Reader(text, span).pv(start, 0)


def parse_format(text: str, span: Span | None = None) -> list[str | PvSpec]:
    """Return the literal parts and the pseudo-variables of a string; ``$$`` is a literal dollar.

    Args:
        text: the string's content.
        span: the place of the string literal or of the text.

    Raises:
        PvSyntaxError: a ``$`` begins no pseudo-variable.
    """
    return _Reader(text, span).format(0, 0)


def span_in(span: Span | None, text: str, start: int, end: int) -> Span | None:
    """Return the place of a part of *text*.

    Args:
        span: the place of the text: the literal with its quotes, or the text itself.
        text: the text after escapes and substitutions.
        start: offset of the part.
        end: offset behind it.

    Returns:
        The exact place where the source shows the text as it is, else *span*.
    """
    if span is None:
        return None
    origin = span.expanded_from
    if origin is not None:
        inner = span_in(origin, text, start, end)
        return Span(span.file, span.start, span.end, inner)
    source = span.text
    if source == text:
        return Span(span.file, span.start + start, span.start + end)
    if len(source) == len(text) + 2 and source[1:-1] == text:
        return Span(span.file, span.start + 1 + start, span.start + 1 + end)
    known = character_places(source)
    if known is None or known[0] != text:
        return span
    places = known[1]
    first = places[start][0] if start < len(places) else len(source) - 1
    last = places[end - 1][1] if end > start else first
    return Span(span.file, span.start + first, span.start + last)


class _Reader:
    def __init__(self, text: str, span: Span | None) -> None:
        self._text = text
        self._span = span
        self._too_deep = False

    def format(self, index: int, depth: int, end: int | None = None) -> list[str | PvSpec]:
        text = self._text
        end = len(text) if end is None else end
        parts: list[str | PvSpec] = []
        literal = ""
        while index < end:
            dollar = text.find("$", index, end)
            if dollar < 0:
                literal += text[index:end]
                break
            literal += text[index:dollar]
            spec = self.pv(dollar, depth)
            index = spec.end
            if spec.name == "$":
                literal += "$"
                continue
            if literal:
                parts.append(literal)
                literal = ""
            parts.append(spec)
        if literal:
            parts.append(literal)
        return parts

    def pv(self, start: int, depth: int) -> PvSpec:
        text = self._text
        if not text.startswith("$", start):
            raise PvSyntaxError("expected `$`", start)
        if depth > MAX_NESTING:
            self._too_deep = True
            raise PvSyntaxError("pseudo-variables are nested too deep", start)
        if text.startswith("$$", start):
            return self._spec("$", start, start + 2)
        if text.startswith("$($)", start):
            return self._spec("$", start, start + 4)
        enclosed = text.startswith("(", start + 1)
        name_start = start + 1 + enclosed
        match = _NAME.match(text, name_start)
        index = match.end() if match else name_start
        name = text[name_start:index]
        if not name:
            raise PvSyntaxError(
                "expected a name after `$(`" if enclosed else "expected a name after `$`; a literal dollar is `$$`",
                start,
            )
        inner: str | None = None
        inner_parts: tuple[str | PvSpec, ...] = ()
        if text.startswith("(", index):
            inner_start = index + 1
            index = self._closing("(", ")", index)
            inner = text[inner_start : index - 1]
            if not inner:
                raise PvSyntaxError(f"expected a name between the parentheses of `${name}()`", inner_start)
            inner_parts = self._inner_parts(inner_start, index - 1, depth)
        if not enclosed:
            return self._spec(name, start, index, inner, inner_parts)
        position: int | Literal["*"] | PvSpec | None = None
        if text.startswith("[", index):
            index_start = index + 1
            index = self._closing("[", "]", index)
            position = self._position(index_start, index - 1, depth)
        transformations: list[Transformation] = []
        while text.startswith("{", _skip_blank(text, index) if transformations else index):
            index = _skip_blank(text, index)
            transformation = self._transformation(index, depth)
            transformations.append(transformation)
            index = transformation.end
        if not text.startswith(")", index):
            found = f", found `{text[index]}`" if index < len(text) else ""
            raise PvSyntaxError(f"expected `)`{found}", index)
        return self._spec(name, start, index + 1, inner, inner_parts, position, tuple(transformations))

    def _spec(
        self,
        name: str,
        start: int,
        end: int,
        inner: str | None = None,
        inner_parts: tuple[str | PvSpec, ...] = (),
        index: int | Literal["*"] | PvSpec | None = None,
        transformations: tuple[Transformation, ...] = (),
    ) -> PvSpec:
        return PvSpec(
            name,
            inner,
            inner_parts,
            index,
            transformations,
            self._text[start:end],
            start,
            end,
            span_in(self._span, self._text, start, end),
        )

    def _inner_parts(self, start: int, end: int, depth: int) -> tuple[str | PvSpec, ...]:
        if self._text.find("$", start, end) < 0:
            return ()
        try:
            return tuple(self.format(start, depth + 1, end))
        except PvSyntaxError:
            if self._too_deep:
                raise
            # The inner text of many pseudo-variables is no format; a dollar in it is only a dollar.
            return ()

    def _closing(self, opening: str, closing: str, start: int) -> int:
        """Return the offset behind the bracket that closes the one at *start*."""
        depth = 0
        for index in range(start, len(self._text)):
            character = self._text[index]
            if character == opening:
                depth += 1
            elif character == closing:
                depth -= 1
                if depth == 0:
                    return index + 1
        raise PvSyntaxError(f"expected `{closing}`", len(self._text))

    def _position(self, start: int, end: int, depth: int) -> int | Literal["*"] | PvSpec:
        text = self._text[start:end]
        if text == "*":
            return "*"
        match = _INTEGER.fullmatch(text)
        if match:
            return int(match.group(1)) if len(match.group(1)) < 20 else 0
        if text.startswith("$"):
            spec = self.pv(start, depth + 1)
            if spec.end == end:
                return spec
        raise PvSyntaxError("expected a number, `*` or a pseudo-variable in brackets", start)

    def _transformation(self, start: int, depth: int) -> Transformation:
        text = self._text
        index = start + 1
        while index < len(text) and text[index] not in ",}":
            index += 1
        cls, dot, name = text[start + 1 : index].partition(".")
        if index >= len(text):
            raise PvSyntaxError("expected `}`", index)
        if not dot or not cls or not name.strip():
            raise PvSyntaxError("expected `class.name` in a transformation", start + 1)
        name = name.strip()
        params: list[str | PvSpec] = []
        raw_start = index + 1
        if text[index] == "," and (cls, name) in _RAW_PARAMETER and not text.startswith("$", raw_start):
            index = self._closing("{", "}", start) - 1
            params.append(text[raw_start:index])
        while text[index] == ",":
            param, index = self._parameter(index + 1, depth)
            params.append(param)
            if index >= len(text):
                raise PvSyntaxError("expected `}`", index)
            if text[index] not in ",}":
                raise PvSyntaxError(f"expected `,` or `}}`, found `{text[index]}`", index)
        end = index + 1
        return Transformation(
            cls, name, tuple(params), text[raw_start:index], start, end, span_in(self._span, text, start, end)
        )

    def _parameter(self, start: int, depth: int) -> tuple[str | PvSpec, int]:
        """Return a parameter and the offset behind it."""
        text = self._text
        index = _skip_blank(text, start)
        if text.startswith("$", index):
            spec = self.pv(index, depth + 1)
            return spec, _skip_blank(text, spec.end)
        if text.startswith((",,", ",}"), index):
            # A comma where a parameter belongs is the parameter: the separator of {s.select,1,,}.
            return ",", index + 1
        match = _PLAIN.match(text, index)
        end = match.end() if match else index
        # White space alone is a parameter too: the separator of {s.select,1, }.
        value = text[index:end] or text[start:index]
        return value, _skip_blank(text, end)


def _skip_blank(text: str, index: int) -> int:
    match = _BLANK.match(text, index)
    return match.end() if match else index
