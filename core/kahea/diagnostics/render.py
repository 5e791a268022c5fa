"""Diagnostics as text: with the source line and a caret, as one line, or as JSON."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from kahea.diagnostics.model import Diagnostic, Note, Severity
from kahea.diagnostics.spans import Span

_TAB = 4
_MAX_WIDTH = 120
_MAX_ORIGINS = 8
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m", "help": "\x1b[1;32m"}
_BOLD = "\x1b[1m"
_PLAIN = "\x1b[0m"


def render_full(diagnostic: Diagnostic, *, colour: bool = False) -> str:
    """Return a diagnostic with its source line, a caret under the place, the help, and its notes.

    Args:
        diagnostic: what to show.
        colour: whether to use the terminal's colours.
    """
    severity = diagnostic.severity.value
    lines = [_headline(diagnostic, colour)]
    gutter = _gutter(diagnostic)
    if diagnostic.span is not None:
        lines += _frame(diagnostic.span, gutter, diagnostic.help or "", _COLOURS[severity] if colour else "")
    elif diagnostic.help:
        lines.append(f"{' ' * gutter} = {_paint('help', colour)}: {diagnostic.help}")
    for note in all_notes(diagnostic):
        place = f" at {_place(note.span)}" if note.span else ""
        lines.append(f"{' ' * gutter} = {_paint('note', colour)}: {shown(note.message)}{place}")
        if note.span is not None:
            lines += _frame(note.span, gutter, "", _COLOURS["note"] if colour else "")
    return "\n".join(lines)


def render_concise(diagnostic: Diagnostic) -> str:
    """Return ``file:line:column: error: message [code]``."""
    return _headline(diagnostic, colour=False)


def render_all(diagnostics: Iterable[Diagnostic], *, concise: bool = False, colour: bool = False) -> str:
    """Return all diagnostics and a last line that counts them; "" for none."""
    found = list(diagnostics)
    if not found:
        return ""
    rendered = [render_concise(each) if concise else render_full(each, colour=colour) for each in found]
    errors = sum(each.severity is Severity.ERROR for each in found)
    counts = [_counted(errors, "error")] if errors else []
    if len(found) > errors:
        counts.append(_counted(len(found) - errors, "warning"))
    return ("\n" if concise else "\n\n").join([*rendered, ", ".join(counts)]) + "\n"


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return a JSON array with one object for each diagnostic; lines and columns count from 1."""
    return json.dumps([_as_object(each) for each in diagnostics], indent=2) + "\n"


def _headline(diagnostic: Diagnostic, colour: bool) -> str:
    place = f"{_place(diagnostic.span)}: " if diagnostic.span else ""
    bold, plain = (_BOLD, _PLAIN) if colour else ("", "")
    severity = _paint(diagnostic.severity.value, colour)
    return f"{bold}{place}{plain}{severity}: {bold}{shown(diagnostic.message)}{plain} [{diagnostic.code}]"


def all_notes(diagnostic: Diagnostic) -> Iterator[Note]:
    """Yield the notes, then where the text came from: defines, inner to outer, and includes."""
    yield from diagnostic.notes
    origin = diagnostic.span.expanded_from if diagnostic.span else None
    for _ in range(_MAX_ORIGINS):
        if origin is None:
            break
        yield Note("comes from this define", origin)
        origin = origin.expanded_from
    included = diagnostic.span.file.included_from if diagnostic.span else None
    for _ in range(_MAX_ORIGINS):
        if included is None:
            break
        yield Note(f"`{shown(included.file.name)}` includes this file", included)
        included = included.file.included_from


def _gutter(diagnostic: Diagnostic) -> int:
    spans = [diagnostic.span, *(note.span for note in all_notes(diagnostic))]
    return max((len(str(span.line)) for span in spans if span is not None), default=1) + 1


def _frame(span: Span, gutter: int, label: str, colour: str) -> list[str]:
    """Return the source line of a place and the line with the caret."""
    line, column = span.file.position(span.start)
    text = span.file.line_text(line)
    if not text and span.start == span.end:
        return []
    start = column - 1
    length = max(1, min(span.end - span.start, len(text) - start))
    before, marked, after = text[:start], text[start : start + length], text[start + length :]
    shown_before = _shown_line(before, 0)
    shown_marked = _shown_line(marked, _width(shown_before))
    shown_after = _shown_line(after, _width(shown_before) + _width(shown_marked))
    shown_before, shown_after = _cropped(shown_before, shown_marked, shown_after)
    caret = "^" * max(1, min(_width(shown_marked), _MAX_WIDTH))
    plain = _PLAIN if colour else ""
    return [
        f"{line:>{gutter}} | {shown_before}{shown_marked[:_MAX_WIDTH]}{shown_after}",
        f"{' ' * gutter} | {' ' * _width(shown_before)}{colour}{caret}{plain}{' ' + shown(label) if label else ''}",
    ]


def _cropped(before: str, marked: str, after: str) -> tuple[str, str]:
    """Return the text on both sides of the marked part, shortened to what fits in a line."""
    room = max(20, _MAX_WIDTH - _width(marked))
    if len(before) + len(after) <= room:
        return before, after
    if len(before) > room // 2:
        before = "..." + before[-(room // 2) :]
    rest = max(10, room - len(before))
    return before, after if len(after) <= rest else after[:rest] + "..."


def _shown_line(text: str, column: int) -> str:
    if text.isascii() and text.isprintable():
        return text
    parts: list[str] = []
    for character in text:
        piece = " " * (_TAB - column % _TAB) if character == "\t" else shown(character)
        parts.append(piece)
        column += _width(piece)
    return "".join(parts)


def shown(text: str) -> str:
    """Return text for a terminal: bytes that are no UTF-8 and control characters as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown_character(character) for character in text)


def _shown_character(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if character.isprintable() or unicodedata.combining(character):
        return character
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _width(text: str) -> int:
    """Return how many columns a terminal needs for *text*."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _place(span: Span) -> str:
    line, column = span.file.position(span.start)
    return f"{shown(span.file.name)}:{line}:{column}"


def _paint(word: str, colour: bool) -> str:
    return f"{_COLOURS[word]}{word}{_PLAIN}" if colour else word


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _as_object(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "severity": diagnostic.severity.value,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "place": _place_object(diagnostic.span),
        "help": diagnostic.help,
        "notes": [{"message": note.message, "place": _place_object(note.span)} for note in all_notes(diagnostic)],
    }


def _place_object(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    line, column = span.file.position(span.start)
    end_line, end_column = span.file.position(span.end)
    return {"file": span.file.name, "line": line, "column": column, "end_line": end_line, "end_column": end_column}
