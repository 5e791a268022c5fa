"""What the preprocessor knows: defines, substitutions and open conditions.

`kahea.cfg.tokens` finds the directives in the text and obeys the few that change what is read next;
everything that a directive means is here.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kahea.cfg import substitutions
from kahea.cfg.expressions import ExpressionError, as_text, evaluate, is_true
from kahea.cfg.reserved import RESERVED
from kahea.cfg.substitutions import Substitution, SubstitutionError
from kahea.diagnostics import Diagnostics, Note, SourceFile, Span

PRESENTED_VERSION = (6, 1, 0)
"""The version of Kamailio whose language this is."""

_NAME = re.compile(r"[ \t\b\r]*([A-Za-z_][A-Za-z0-9_]*)(-?)")
_BLANK = re.compile(r"[ \t\b\r]*")
_CONTINUATION = re.compile(r"\\\r?\n")
_ENVIRONMENT = re.compile(r"[ \t]*([^=\s]*)(=?)(\S*)")


@dataclass(frozen=True, slots=True)
class Define:
    """A name that stands for text.

    Args:
        value: the text, ``None`` for a define without one.
        span: the place of the text, or of the directive where the text stands nowhere as such.
        literal: whether `span` covers the text itself, so that positions in it can be told.
    """

    value: str | None
    span: Span
    literal: bool = False


@dataclass(slots=True)
class Condition:
    """An open ``#!ifdef``, ``#!ifndef`` or ``#!ifexp``."""

    active: bool
    span: Span
    has_else: bool = False


class Preprocessor:
    """The state of the preprocessor over one run.

    Args:
        diagnostics: takes what is wrong.
    """

    def __init__(self, diagnostics: Diagnostics) -> None:
        self._diagnostics = diagnostics
        self.defines: dict[str, Define] = {}
        self.expandable: dict[str, Define] = {}
        self.values: dict[str, str | None] = {}
        self.substitutions: list[Substitution] = []
        self.conditions: list[Condition] = []
        self._passed_over: list[tuple[str, Span, str | None]] = []
        self._define_core_names()

    @property
    def active(self) -> bool:
        """Whether every open condition holds."""
        return all(condition.active for condition in self.conditions)

    def command_line(self, defines: Mapping[str, str | None], rules: Iterable[tuple[str, str]]) -> None:
        """Take what ``-A name[=value]``, ``--subst``, ``--substdef`` and ``--substdefs`` asked for.

        Args:
            defines: name and value.
            rules: (``subst``, ``substdef`` or ``substdefs``, expression).
        """
        for name, value in defines.items():
            file = SourceFile("<-A>", name if value is None else f"{name}={value}")
            span = Span(file, len(name) + 1, len(file.text)) if value else Span(file, 0, len(name))
            self.define(name, value or None, span, literal=bool(value))
        for kind, expression in rules:
            self.substitute(kind, expression, Span(SourceFile(f"<--{kind}>", expression), 0, len(expression)))

    # --- defines ---------------------------------------------------------------------------------

    def define(self, name: str, value: str | None, span: Span, *, mode: str = "define", literal: bool = False) -> None:
        """Define a name.

        Args:
            name: the name.
            value: its text or ``None``.
            span: the place of the text or of the directive.
            mode: ``define`` (an error if it exists), ``trydef`` (kept if it exists) or ``redef``.
            literal: whether *span* is the text's own.
        """
        existing = self.defines.get(name)
        if existing is not None:
            if mode == "trydef":
                return
            if mode != "redef":
                self._diagnostics.error(
                    "already-defined",
                    f"`{name}` is defined already",
                    span,
                    help=f"use `#!trydef {name}` to keep the first value, or `#!redef {name}` to replace it",
                    notes=[Note("defined here", existing.span)],
                )
                return
        define = Define(value, span, literal)
        self.defines[name] = define
        self.values[name] = value
        if name not in RESERVED:
            self.expandable[name] = define
        elif value is not None:
            self._diagnostics.warning(
                "reserved-define", f"`{name}` is a word of the language, so this define is never applied", span
            )

    def define_module(self, name: str, span: Span) -> None:
        """Define ``MOD_<name>``, which tells that a module is loaded."""
        self.define(f"MOD_{name}", None, span, mode="trydef")

    # --- directives ------------------------------------------------------------------------------

    def define_directive(self, word: str, span: Span) -> None:
        """Obey ``#!define``, ``#!trydef``, ``#!redef``, ``#!defexp``, ``#!defexps`` and their long forms."""
        text, start = _arguments(span, word)
        match = self._name(text, start, word, span)
        if match is None:
            return
        name = match.group(1)
        value_start = _skip(text, match.end())
        raw = text[value_start:].rstrip("\r")
        value_span = Span(span.file, start + value_start, start + value_start + len(raw)) if raw else span
        value: str | None = _CONTINUATION.sub("", raw) or None
        mode = "trydef" if word.startswith("try") else "redef" if word.startswith("redef") else "define"
        if word in ("defexp", "defexps"):
            value = self._expression_text(value, value_span, quoted=word == "defexps")
            self.define(name, value, value_span)
        else:
            self.define(name, value, value_span, mode=mode, literal=value is not None)

    def undefine_directive(self, word: str, span: Span) -> None:
        """Obey ``#!undef``, ``#!tryundef`` and their long forms."""
        text, start = _arguments(span, word)
        match = self._name(text, start, word, span)
        if match is None:
            return
        name = match.group(1)
        if text[match.end() :].strip():
            self._bad(span, f"unexpected text after `#!{word} {name}`", "write one name only")
        if name not in self.defines and not word.startswith("try"):
            self._diagnostics.error(
                "not-defined", f"`{name}` is not defined", span, help=f"use `#!tryundef {name}` if that may be"
            )
        for table in (self.defines, self.expandable, self.values):
            table.pop(name, None)

    def environment_directive(self, word: str, span: Span) -> None:
        """Obey ``#!defenv NAME``, ``#!defenv NAME=VARIABLE`` and ``defenvs``, ``trydefenv``, ``trydefenvs``."""
        text, _ = _arguments(span, word)
        match = _ENVIRONMENT.match(text)
        name, equals, variable = match.groups() if match else ("", "", "")
        if not name or (equals and not variable):
            self._bad(span, f"expected a name after `#!{word}`", f"write `#!{word} NAME` or `#!{word} NAME=VARIABLE`")
            return
        value = os.environ.get(variable or name)
        if value is None:
            if not word.startswith("try"):
                self._diagnostics.error(
                    "undefined-environment",
                    f"the environment variable `{variable or name}` is not set",
                    span,
                    help=f"set it, or use `#!try{word}`",
                )
            return
        self.define(name, f'"{value}"' if word.endswith("s") else value, span)

    def substitute(self, kind: str, expression: str, span: Span) -> None:
        """Obey ``#!subst``, ``#!substdef`` and ``#!substdefs`` with the given string."""
        try:
            rule = substitutions.parse(expression, self.values)
            if kind != "subst":
                name, replacement, _ = substitutions.split(expression)
                value = substitutions.evaluate(replacement, self.values)
                self.define(name, f'"{value}"' if kind == "substdefs" else value, span)
        except SubstitutionError as error:
            self._diagnostics.error("bad-substitution", str(error), span)
            return
        self.substitutions.append(rule)

    def apply_substitutions(self, text: str) -> str:
        """Return *text* as the substitutions so far rewrite it."""
        for rule in self.substitutions:
            if text:
                text = rule.apply(text)
        return text

    # --- conditions ------------------------------------------------------------------------------

    def open_condition(self, word: str, span: Span) -> None:
        """Obey ``#!ifdef``, ``#!ifndef`` or ``#!ifexp``."""
        text, start = _arguments(span, word)
        if word == "ifexp":
            self.conditions.append(Condition(self._expression_holds(text, span), span))
            return
        match = self._name(text, start, word, span)
        if match is None:
            self.conditions.append(Condition(False, span))
            return
        if text[match.end() :].strip():
            self._diagnostics.warning(
                "bad-directive",
                f"text after `#!{word} {match.group(1)}` is ignored",
                Span(span.file, start + match.end(), span.end),
                help="test one name only, or use `#!ifexp`",
            )
        defined = match.group(1) in self.defines
        self.conditions.append(Condition(defined == (word == "ifdef"), span))

    def otherwise(self, span: Span) -> None:
        """Obey ``#!else``."""
        if not self.conditions:
            self._diagnostics.warning("stray-else", "`#!else` without `#!ifdef`", span, help="remove it")
            return
        condition = self.conditions[-1]
        if condition.has_else:
            self._diagnostics.warning(
                "stray-else",
                "second `#!else` of one condition",
                span,
                notes=[Note("condition opened here", condition.span)],
            )
        condition.has_else = True
        condition.active = not condition.active

    def close_condition(self, span: Span, *, ends_line: bool) -> None:
        """Obey ``#!endif``; *ends_line* tells whether a line end follows it."""
        if not ends_line:
            self._diagnostics.warning(
                "endif-without-newline",
                "`#!endif` is the end of the file, and Kamailio needs a line end after it",
                span,
                help="add a line end",
            )
        if self.conditions:
            self.conditions.pop()
        else:
            self._diagnostics.error("stray-endif", "`#!endif` without `#!ifdef`", span, help="remove it")

    def passed_over(self, message: str, span: Span, hint: str | None) -> None:
        """Take note of an ``#!endif`` that closes nothing because of what stands behind it.

        Args:
            message: what is wrong with it.
            span: its place.
            hint: what would mend it.
        """
        self._passed_over.append((message, span, hint))

    def finish(self) -> None:
        """Report the conditions that are still open at the end of the text."""
        for condition in reversed(self.conditions):
            near = next((found for found in self._passed_over if _follows(found[1], condition.span)), None)
            if near is None:
                self._diagnostics.error(
                    "unclosed-ifdef", "this condition is never closed", condition.span, help="add `#!endif`"
                )
                continue
            self._passed_over.remove(near)
            message, span, hint = near
            notes = [Note("condition opened here", condition.span)]
            self._diagnostics.error("unclosed-ifdef", message, span, help=hint, notes=notes)
        self.conditions.clear()
        for message, span, hint in self._passed_over:
            self._diagnostics.warning("bad-directive", message, span, help=hint)
        self._passed_over.clear()

    # --- helpers ---------------------------------------------------------------------------------

    def _define_core_names(self) -> None:
        file = SourceFile("<predefined>", "")
        major, minor, patch = PRESENTED_VERSION
        for name, value in (
            (f"KAMAILIO_{major}", None),
            (f"KAMAILIO_{major}_{minor}", None),
            (f"KAMAILIO_{major}_{minor}_{patch}", None),
            ("KAMAILIO_VERSION", str(major * 1000000 + minor * 1000 + patch)),
            ("OS_NAME", f'"{sys.platform}"'),
        ):
            self.define(name, value, Span(file, 0, 0))

    def _name(self, text: str, start: int, word: str, span: Span) -> re.Match[str] | None:
        match = _NAME.match(text)
        if match is None:
            hint = (
                "a name has letters, digits and `_`, and no digit first" if text.strip() else f"write `#!{word} NAME`"
            )
            self._bad(span, f"expected a name after `#!{word}`", hint)
        elif match.group(2):
            place = Span(span.file, start + match.start(1), start + match.end())
            self._bad(place, "`-` is not allowed in a name", "use `_`")
            return None
        return match

    def _expression_text(self, value: str | None, span: Span, *, quoted: bool) -> str | None:
        try:
            text = as_text(evaluate(value or "", self.values))
        except ExpressionError as error:
            self._bad(span, f"bad expression: {error}", None)
            return None
        return f'"{text}"' if quoted else text

    def _expression_holds(self, text: str, span: Span) -> bool:
        try:
            return is_true(evaluate(text, self.values))
        except ExpressionError as error:
            self._bad(span, f"bad expression: {error}", None)
            return False

    def _bad(self, span: Span, message: str, hint: str | None) -> None:
        self._diagnostics.error("bad-directive", message, span, help=hint)


def _arguments(span: Span, word: str) -> tuple[str, int]:
    """Return what stands after the word of a directive, and its offset in the file."""
    text = span.text
    start = text.index(word) + len(word)
    return text[start:], span.start + start


def _follows(span: Span, other: Span) -> bool:
    """Whether a place stands behind another one of the same file."""
    return span.file is other.file and span.start >= other.end


def _skip(text: str, index: int) -> int:
    match = _BLANK.match(text, index)
    return match.end() if match else index
