"""The stream of tokens that the parser reads: includes, conditions, defines and substitutions done."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from kahea.cfg.lexer import ENDIF_IN_COMMENT, lex
from kahea.cfg.preprocess import Define, Preprocessor
from kahea.cfg.sources import SourceError, parse_file_name, read_included
from kahea.cfg.token import Token
from kahea.diagnostics import Diagnostics, Note, SourceFile, Span

MAX_INCLUDE_DEPTH = 10
"""How deep files may include each other; Kamailio's limit."""

MAX_INCLUDED_FILES = 1000
MAX_EXPANSION_DEPTH = 20
MAX_EXPANDED_TOKENS = 100_000

_SKIPPED = re.compile(
    r"(\#?)(?:\#!|!!)(?:(ifdef|ifndef|ifexp)[ \t\b\r]+[^\n]*|(else|endif)[ \t\b\r]*(?:(\n)|\Z|([^\n\w][^\n]*)))"
)
_STRING_OR_COMMENT = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|(\#|//)""", re.DOTALL)
_STRING_FOLLOWS = re.compile(r'[ \t\b\r\n]*"')
_ECHOED = ("def", "try", "redef", "undef", "subst")


class _EndlessError(Exception):
    """A define that expands to itself or to too much."""

    def __init__(self, message: str, span: Span) -> None:
        super().__init__(message)
        self.span = span


class _Frame:
    """A file that is being read."""

    __slots__ = ("file", "position", "printed", "raw")

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.position = 0
        self.printed = 0
        self.raw: Iterator[Any] = iter(())


class TokenStream:
    """Reads a text and all that it includes.

    Args:
        file: the main text.
        preprocessor: the defines to start with; it is changed as directives are met.
        diagnostics: takes what is wrong.
        echo: takes the active text piece by piece, for ``--cfg-print``.
    """

    def __init__(
        self,
        file: SourceFile,
        preprocessor: Preprocessor,
        diagnostics: Diagnostics,
        *,
        echo: list[str] | None = None,
    ) -> None:
        self._preprocessor = preprocessor
        self._diagnostics = diagnostics
        self._echo = echo
        self._frames: list[_Frame] = []
        self._main = file
        self._included = 0
        self._expanded = 0
        self._reported: set[str] = set()
        self._lexed: dict[Define, list[Any]] = {}
        self._substitution: tuple[str, Span] | None = None
        self._module_expected = False

    def __iter__(self) -> Iterator[Token]:
        """Return the tokens in order; a second iteration is not possible."""
        self._enter(self._main)
        held: Token | None = None
        while self._frames:
            frame = self._frames[-1]
            file = frame.file
            expandable = self._preprocessor.expandable
            for raw in frame.raw:
                kind = raw.type
                if kind == "NAME":
                    define = expandable.get(raw.value)
                    if define is not None:
                        use = Span(file, raw.index, raw.end)
                        try:
                            tokens = self._expand(raw.value, define, use, None, ())
                        except _EndlessError as error:
                            tokens = self._endless(raw.value, use, error)
                        joins = bool(tokens) and tokens[-1].type == "STRING"
                        if held is not None:
                            yield from self._finished(held)
                            held = None
                        if joins and _STRING_FOLLOWS.match(file.text, raw.end):
                            held = tokens.pop()
                        for token in tokens:
                            yield from self._finished(token)
                        continue
                elif kind == "DIRECTIVE":
                    if self._obey(raw.value, Span(file, raw.index, raw.end), frame):
                        break
                    continue
                token = Token(kind, raw.value, file, raw.index, raw.end)
                if held is not None:
                    if kind == "STRING":
                        held.content = held.text + token.text
                        token = held
                    else:
                        yield from self._finished(held)
                    held = None
                yield from self._finished(token)
            else:
                self._leave(frame)
        if self._substitution is not None:
            self._no_string()
        self._preprocessor.finish()

    # --- files -----------------------------------------------------------------------------------

    def _enter(self, file: SourceFile) -> None:
        frame = _Frame(file)
        self._frames.append(frame)
        self._resume(frame, 0)

    def _leave(self, frame: _Frame) -> None:
        if self._echo is not None:
            self._echo.append(frame.file.text[frame.printed :])
        self._frames.pop()

    def _resume(self, frame: _Frame, position: int) -> None:
        file = frame.file

        def report(code: str, message: str, start: int, end: int, hint: str | None) -> None:
            if code == ENDIF_IN_COMMENT:
                self._preprocessor.passed_over(message, Span(file, start, end), hint)
                return
            severity = self._diagnostics.warning if code in _WARNINGS else self._diagnostics.error
            severity(code, message, Span(file, start, end), help=hint)

        frame.position = position
        frame.raw = lex(file.text, report, position)

    def _include(self, word: str, span: Span) -> bool:
        """Begin to read an included file; tell whether there is one to read."""
        name = parse_file_name(span.text[span.text.index(word) + len(word) :], self._preprocessor.apply_substitutions)
        if name is None:
            self._diagnostics.error(
                "bad-directive",
                f"expected a file name in double quotes after `{word}`",
                span,
                help=f'write `{word} "name"`',
            )
            return False
        if len(self._frames) > MAX_INCLUDE_DEPTH or self._included >= MAX_INCLUDED_FILES:
            limit = (
                f"files include each other more than {MAX_INCLUDE_DEPTH} deep"
                if len(self._frames) > MAX_INCLUDE_DEPTH
                else f"more than {MAX_INCLUDED_FILES} files are included"
            )
            self._diagnostics.error("include-limit", limit, span, help="look for a file that includes itself")
            return False
        try:
            file = read_included(name, self._frames[-1].file.name, span)
        except FileNotFoundError:
            if word == "include_file":
                self._diagnostics.error(
                    "include-not-found",
                    f"cannot find `{name}`",
                    span,
                    help="correct the name, or use `import_file` if the file may be missing",
                )
            return False
        except SourceError as error:
            self._diagnostics.error("include-not-found", str(error), span)
            return False
        self._included += 1
        self._enter(file)
        return True

    # --- directives ------------------------------------------------------------------------------

    def _obey(self, word: str, span: Span, frame: _Frame) -> bool:
        """Obey a directive in active text; tell whether reading goes on elsewhere."""
        preprocessor = self._preprocessor
        if self._echo is not None:
            kept = span.end if word.startswith(_ECHOED) else span.start
            self._echo.append(frame.file.text[frame.printed : kept])
            frame.printed = span.end + (frame.file.text.startswith("\n", span.end) and word.startswith("if"))
        if word in ("include_file", "import_file"):
            # The lexer of this frame goes on behind the directive once the included text has ended.
            return self._include(word, span)
        if word in ("ifdef", "ifndef", "ifexp"):
            preprocessor.open_condition(word, span)
        elif word == "else":
            preprocessor.otherwise(_without_line_end(span))
        elif word == "endif":
            preprocessor.close_condition(_without_line_end(span), ends_line=span.text.endswith("\n"))
        elif word.startswith("subst"):
            if self._substitution is not None:
                self._no_string()
            self._substitution = (word, span)
            return False
        elif "env" in word:
            preprocessor.environment_directive(word, span)
            return False
        elif "undef" in word:
            preprocessor.undefine_directive(word, span)
            return False
        else:
            preprocessor.define_directive(word, span)
            return False
        if preprocessor.active:
            return False
        frame.position = span.end
        self._skip()
        return True

    def _skip(self) -> None:
        """Pass over text that is no configuration, up to the directive that ends it; it may be in another file."""
        while self._frames:
            frame = self._frames[-1]
            position = frame.position
            while (match := _SKIPPED.search(frame.file.text, position)) is not None:
                position = match.end()
                commented, opening, closing, line_end, behind = match.groups()
                span = _without_line_end(Span(frame.file, match.start() + len(commented), match.end()))
                if opening:
                    self._preprocessor.open_condition(opening, span)
                    continue
                if behind:
                    begins_line = not frame.file.line_text(span.line)[: span.column - 1].strip()
                    if closing == "endif" and begins_line and not commented:
                        self._preprocessor.passed_over(
                            "this `#!endif` is a comment, because text follows it on the line",
                            span,
                            "move the text to a line of its own",
                        )
                    continue
                if commented:
                    self._diagnostics.warning(
                        "commented-directive",
                        f"`##!{closing}` is obeyed here, because the text around it is switched off",
                        span,
                        help="remove the line or the `!`",
                    )
                if closing == "else":
                    self._preprocessor.otherwise(span)
                else:
                    self._preprocessor.close_condition(span, ends_line=line_end is not None)
                if self._preprocessor.active:
                    frame.printed = position
                    self._resume(frame, position)
                    return
            frame.printed = len(frame.file.text)
            self._leave(frame)
            if self._frames:
                self._frames[-1].position = self._frames[-1].printed = self._position_of(self._frames[-1], frame.file)

    @staticmethod
    def _position_of(frame: _Frame, included: SourceFile) -> int:
        """Return the offset behind the directive in *frame* that brought *included*."""
        return included.included_from.end if included.included_from else len(frame.file.text)

    def _no_string(self) -> None:
        assert self._substitution is not None
        word, span = self._substitution
        self._substitution = None
        self._diagnostics.error(
            "bad-directive",
            f"expected a string after `#!{word}`",
            span,
            help=f'write `#!{word} "/pattern/replacement/"`',
        )

    # --- defines and substitutions ---------------------------------------------------------------

    def _expand(
        self, name: str, define: Define, use: Span, origin: Span | None, open_names: tuple[str, ...]
    ) -> list[Token]:
        """Return the tokens that a define stands for.

        Args:
            name: the define's name.
            define: the define.
            use: where the outermost name stands.
            origin: where the name stands in another define.
            open_names: the defines that are being expanded.

        Raises:
            _EndlessError: the define stands for itself or for too much.
        """
        if name in open_names:
            raise _EndlessError(f"the define `{name}` stands for itself", origin or use)
        if len(open_names) >= MAX_EXPANSION_DEPTH or self._expanded > MAX_EXPANDED_TOKENS:
            raise _EndlessError(f"the define `{open_names[0] if open_names else name}` stands for too much", use)
        open_names = (*open_names, name)
        tokens: list[Token] = []
        for raw in self._raw_tokens(define):
            self._expanded += 1
            place = define.span
            if define.literal:
                place = Span(place.file, place.start + raw.index, place.start + raw.end)
            if raw.type == "NAME":
                inner = self._preprocessor.expandable.get(raw.value)
                if inner is not None:
                    tokens += self._expand(raw.value, inner, use, place, open_names)
                    continue
            if origin is not None:
                place = Span(origin.file, origin.start, origin.end, place)
            if raw.type != "DIRECTIVE":
                tokens.append(Token(raw.type, raw.value, use.file, use.start, use.end, place))
        return tokens

    def _endless(self, name: str, use: Span, error: _EndlessError) -> list[Token]:
        """Report a define without an end, once, and return what stands for it."""
        if name not in self._reported:
            self._reported.add(name)
            notes = [] if error.span == use else [Note("used here", use)]
            self._diagnostics.error("define-recursion", str(error), error.span, notes=notes)
        return [Token("INT", 0, use.file, use.start, use.end)]

    def _raw_tokens(self, define: Define) -> list[Any]:
        lexed = self._lexed.get(define)
        if lexed is None:
            span = define.span

            def report(code: str, message: str, start: int, end: int, hint: str | None) -> None:
                place = Span(span.file, span.start + start, span.start + end) if define.literal else span
                self._diagnostics.error(code, message, place, help=hint)

            text = define.span.text if define.literal else define.value or ""
            comment = _first_comment(text) if define.literal else None
            if comment is not None:
                self._diagnostics.warning(
                    "comment-in-define",
                    "this comment is part of the define; Kamailio ignores the rest of every line that uses it",
                    Span(span.file, span.start + comment, span.end),
                    help="move the comment to a line of its own",
                )
            lexed = self._lexed[define] = list(lex(text, report))
        return lexed

    def _finished(self, token: Token) -> Iterator[Token]:
        """Yield a token with the substitutions applied; keep the string of a ``#!subst``."""
        kind = token.type
        if kind in ("STRING", "RAW", "PV") and self._preprocessor.substitutions:
            token.content = self._preprocessor.apply_substitutions(token.text)
        if self._substitution is not None:
            if kind in ("STRING", "RAW"):
                word, span = self._substitution
                self._substitution = None
                self._preprocessor.substitute(word, token.text, span.to(token.span))
                return
            _, place = self._substitution
            self._no_string()
            if token.file is place.file and "\n" not in place.file.text[place.end : token.start]:
                return
        if self._module_expected:
            if kind in ("STRING", "RAW"):
                self._preprocessor.define_module(module_name(token.text), token.span)
            self._module_expected = kind == "LPAREN"
        elif kind == "NAME" and token.content in ("loadmodule", "loadmodulex"):
            self._module_expected = True
        yield token


_WARNINGS = frozenset({"unknown-directive", "bad-directive"})


def module_name(path: str) -> str:
    """Return the name of the module that a path or a file name means: ``tm`` for ``/lib/tm.so``."""
    return os.path.basename(path.rstrip("/")).removesuffix(".so")


def _first_comment(text: str) -> int | None:
    """Return the offset of the first comment in a define's text."""
    for match in _STRING_OR_COMMENT.finditer(text):
        if match.group(1):
            return match.start()
    return None


def _without_line_end(span: Span) -> Span:
    return Span(span.file, span.start, span.start + len(span.text.rstrip()))
