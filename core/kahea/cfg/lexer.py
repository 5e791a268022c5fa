"""From text to raw tokens.

The lexer knows comments, strings, numbers, pseudo-variables and operators. It does not know what a
name means, and it only marks directives: `kahea.cfg.tokens` obeys them. Every lexical mistake is
reported once and the text after it is read on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from sly import Lexer

from kahea.cfg.keywords import COMPATIBILITY_MARKS, DIRECTIVES
from kahea.cfg.pv import PvSyntaxError, parse_pv
from kahea.cfg.strings import unescape
from kahea.diagnostics.suggest import best_matches

Report = Callable[[str, str, int, int, str | None], None]
"""Reports a mistake: code, message, start and end offset in the text, help."""

ENDIF_IN_COMMENT = "endif-in-comment"
"""Reported instead of a diagnostic's code: whether it is a mistake of its own is known at the end of the text."""

F = TypeVar("F", bound=Callable[..., Any])

_word = "[A-Za-z_][A-Za-z0-9_]*"

_DOUBLE_QUOTED = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
_NEXT_QUOTE = re.compile(r'[ \t\b\r\n]*+(?=")')
_LINE_TAIL = re.compile(r"[)\];,{}\s]*\Z")
_SEPARATOR = re.compile(r"[ \t]*(?:[,;+(){]|[=!<>]=|=~|&&|\|\|)[ \t(,;+]*\Z")
_WORD_BEFORE = re.compile(r"(?<![\w\".$])[\w.]+\Z")
_SEPARATOR_FIRST = re.compile(r"[ \t]*[,)]")
_PLAIN_WORD = re.compile(r"[\w.:@-]+(?=[),;])")
_QUOTE_IN = {'"': re.compile(r'(?<!\\)"'), "'": re.compile("'")}
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_PV_START = re.compile(rf"\$(?:(?:{_word})?\(|{_word}|[$?])")
_CODE_IN_PV = re.compile(r"""["']|[=!<>]=|&&|\|\|""")
_PARENTHESIS = re.compile(r"[()\n]")
_DIRECTIVE_WORD = re.compile(_word)
_CONDITION_END = re.compile(r"[ \t\b\r]*(?:\n|\Z)")
_DEFINE_END = re.compile(r"(?:\\\r?\n|[^\n])*")
_LINE_END = re.compile(r"[^\n]*")
_WORD_END = re.compile(r"[ \t]*[^ \t\r\n]*")
_FILE_NAME = re.compile(r"""[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[^ \t\r\n]*)""")
_HEX = re.compile("0x[0-9a-fA-F]+")
_BINARY = re.compile("[01]+b")
_OCTAL = re.compile("0[0-7]+")

_HEXTET = "[0-9a-fA-F]{1,4}"
_IPV6 = (
    "(?=[0-9a-fA-F:]{0,37}::|(?:[0-9a-fA-F]{1,4}:){7})"
    f"(?:(?:{_HEXTET}:){{7}}{_HEXTET}|(?:{_HEXTET}:){{1,7}}(?::{_HEXTET}){{1,7}}|:(?::{_HEXTET}){{1,7}}"
    f"|(?:{_HEXTET}:){{1,7}}:|::)"
)

# What may follow the closing quote of a string that holds a line end. Anything else means that a
# closing quote is missing further up and this one opens the next string.
_AFTER_STRING = frozenset(" \t\r\n),;+-*/&|=!<>]}{:?#")

_WHOLE_LINE = frozenset({"ifdef", "ifndef", "ifexp", "undef", "undefine", "tryundef", "tryundefine"})
_DEFINING = frozenset({"define", "def", "trydefine", "trydef", "redefine", "redef", "defexp", "defexps"})
_TYPOGRAPHIC_STRING = re.compile('[“”„‘’]([^“”„‘’"\n]*)[“”„‘’"]')
_QUOTES_LIKE = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"}


def _token(pattern: str) -> Callable[[F], F]:
    """Give a method of the lexer its pattern (what SLY's `_` does, in a form that type checkers follow)."""

    def decorate(method: F) -> F:
        method.pattern = pattern  # type: ignore[attr-defined]
        return method

    return decorate


class ConfigLexer(Lexer):  # type: ignore[misc]
    """The lexer of the configuration language.

    Args:
        report: called for every lexical mistake.
    """

    tokens = {  # noqa: RUF012  (read by SLY)
        *("DIRECTIVE", "BLOCKCOMMENT", "STRING", "RAW", "PV", "SELECT", "IPV6", "IPV4", "CAST"),
        *("NAME", "INT", "EQUALITY", "RELATION", "SHL", "SHR", "AND", "OR", "NOT", "EQ", "COMPOUND", "PLUS"),
        *("MINUS", "STAR", "SLASH", "PERCENT", "BAND", "BOR", "BXOR", "BNOT", "LPAREN", "RPAREN", "LBRACE"),
        *("RBRACE", "LBRACK", "RBRACK", "COMMA", "SEMI", "COLON", "DOT", "CONTINUATION", "ILLEGAL"),
    }
    ignore = " \t\r\b\n"

    index: int
    text: str

    def __init__(self, report: Report) -> None:
        self._report = report

    # The order below is the order of trial.

    @_token(rf"(?:\#!|!!){_word}|(?:include_file|import_file)(?![A-Za-z0-9_])")
    def DIRECTIVE(self, token: Any) -> Any:  # noqa: N802
        """A directive with all that belongs to it; an unknown one is a comment."""
        text: str = token.value
        word = text.removeprefix("#!").removeprefix("!!")
        if word not in DIRECTIVES:
            return self._not_a_directive(token, word)
        end = self.index
        if word in ("else", "endif"):
            match = _CONDITION_END.match(self.text, end)
            if match is None:
                if text.startswith("!!"):
                    return self._not_a_directive(token, word)
                rest = _LINE_END.match(self.text, end)
                self._report(
                    "bad-directive" if word == "else" else ENDIF_IN_COMMENT,
                    f"this `#!{word}` is a comment, because text follows it on the line",
                    token.index,
                    rest.end() if rest else end,
                    "move the text to a line of its own",
                )
                return self._skip_line()
            end = match.end()
        elif word in _WHOLE_LINE:
            end = _end_of(_LINE_END, self.text, end)
        elif word in _DEFINING:
            end = _end_of(_DEFINE_END, self.text, end)
        elif word in ("include_file", "import_file"):
            end = _end_of(_FILE_NAME, self.text, end)
        elif word not in ("subst", "substdef", "substdefs"):
            end = _end_of(_WORD_END, self.text, end)
        self.index = token.end = end
        token.value = word
        return token

    ignore_comment = r"(?:\#|//)[^\n]*"

    @_token(r"/\*")
    def BLOCKCOMMENT(self, token: Any) -> Any:  # noqa: N802
        """A block comment; they nest."""
        depth = 1
        for edge in _COMMENT_EDGE.finditer(self.text, self.index):
            depth += 1 if edge.group() == "/*" else -1
            if depth == 0:
                self.index = edge.end()
                return None
        self._report(
            "unterminated-comment",
            "this comment is never closed",
            token.index,
            token.index + 2,
            "add `*/`" if depth == 1 else f"add `*/`; comments nest, and {depth} are open at the end of the file",
        )
        self.index = len(self.text)
        return None

    @_token('"')
    def STRING(self, token: Any) -> Any:  # noqa: N802
        """A double-quoted string, joined with those that follow it with nothing but white space between."""
        if self._closes_what_was_not_opened(token.index):
            self.index = token.index + 1
            return None
        parts = []
        start = token.index
        while True:
            match = _DOUBLE_QUOTED.match(self.text, start)
            if match is None or self._swallows_code(match.end(), match.group(1)):
                parts.append(self._unterminated(start, '"'))
                break
            if self._opens_the_next(match.end(), match.group(1), '"'):
                parts.append(self._ended_before_separator(start, match.group(1), '"'))
                break
            parts.append(match.group(1))
            self.index = match.end()
            following = _NEXT_QUOTE.match(self.text, self.index)
            if following is None:
                break
            start = following.end()
        token.value = "".join(map(unescape, parts))
        token.end = self.index
        return token

    @_token("'")
    def RAW(self, token: Any) -> Any:  # noqa: N802
        """A single-quoted string: raw, and never joined."""
        end = self.text.find("'", self.index)
        body = self.text[self.index : end] if end >= 0 else ""
        if end < 0 or self._swallows_code(end + 1, body):
            token.value = self._unterminated(token.index, "'")
        elif self._opens_the_next(end + 1, body, "'"):
            token.value = self._ended_before_separator(token.index, body, "'")
        else:
            token.value = body
            self.index = end + 1
        token.end = self.index
        return token

    @_token(r"\$")
    def PV(self, token: Any) -> Any:  # noqa: N802
        """A pseudo-variable with its parentheses, which must close on the same line."""
        match = _PV_START.match(self.text, token.index)
        if match is None:
            self._report(
                "syntax-error", "expected the name of a pseudo-variable after `$`", token.index, token.end, None
            )
            return token
        end = match.end()
        if match.group().endswith("("):
            closed = self._closing_parenthesis(end)
            end = closed or _end_of(_LINE_END, self.text, end)
            if not closed or _CODE_IN_PV.search(self.text, token.index, end):
                end = max(match.end(), self._shorter(token.index, end))
        self.index = token.end = end
        token.value = self.text[token.index : end]
        return token

    SELECT = rf"""@{_word}(?:\[(?:-?[0-9]+|"[^"\n]*")\])?(?:\.{_word}(?:\[(?:-?[0-9]+|"[^"\n]*")\])?)*"""
    IPV6 = _IPV6

    @_token(r"[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(?![A-Za-z0-9_])")
    def IPV4(self, token: Any) -> Any:  # noqa: N802
        """An IPv4 address."""
        if any(len(part) > 3 or int(part) > 255 for part in token.value.split(".")):
            self._report("syntax-error", "a part of this IPv4 address is over 255", token.index, token.end, None)
        return token

    CAST = r"\((?:int|str)\)"
    NAME = rf"(?:msg:len|uri:host|uri:port)(?![A-Za-z0-9_])|{_word}"

    @_token("[0-9][A-Za-z0-9_]*")
    def INT(self, token: Any) -> Any:  # noqa: N802
        """A number; digits with letters behind them (``3com``) are a name."""
        text: str = token.value
        if text.isdigit() and (text[0] != "0" or text == "0"):
            token.value = int(text) if len(text) < 20 else 2**63 - 1
        elif _OCTAL.fullmatch(text):
            token.value = int(text, 8)
        elif _HEX.fullmatch(text):
            token.value = int(text, 16)
        elif _BINARY.fullmatch(text):
            token.value = int(text[:-1], 2)
        else:
            token.type = "NUMNAME"
        return token

    EQUALITY = "==|!=|=~"
    SHL = "<<"
    SHR = ">>"
    RELATION = "<=|>=|<|>"
    AND = "&&"
    OR = r"\|\|"
    NOT = "!"
    COMPOUND = r"[+\-*/:.|&]="
    EQ = "="
    PLUS = r"\+"
    MINUS = "-"
    STAR = r"\*"
    SLASH = "/"
    PERCENT = "%"
    BAND = "&"
    BOR = r"\|"
    BXOR = r"\^"
    BNOT = "~"
    LPAREN = r"\("
    RPAREN = r"\)"
    LBRACE = r"\{"
    RBRACE = r"\}"
    LBRACK = r"\["
    RBRACK = r"\]"
    COMMA = ","
    SEMI = ";"
    COLON = ":"
    DOT = r"\."

    @_token(r"\\\r?\n")
    def CONTINUATION(self, token: Any) -> None:  # noqa: N802
        """An escaped line end is white space."""

    @_token(r"[“”„‘’]|[^\x00-\x7f“”„‘’]+|[\x00-\x7f]")
    def ILLEGAL(self, token: Any) -> Any:  # noqa: N802
        """A character that no token begins with."""
        first = token.value[0]
        straight = _QUOTES_LIKE.get(first)
        closing = _TYPOGRAPHIC_STRING.match(self.text, token.index) if straight else None
        self._report(
            "illegal-character",
            f"unexpected character {_shown(first)}",
            token.index,
            token.index + 1 if straight else token.end,
            f"use the straight quote `{straight}`" if straight else None,
        )
        if closing is None:
            return None
        token.type, token.value = "STRING", unescape(closing.group(1))
        self.index = token.end = closing.end()
        return token

    def _not_a_directive(self, token: Any, word: str) -> Any:
        if token.value.startswith("!!"):
            token.type, token.value = "NOT", "!"
            self.index = token.end = token.index + 1
            return token
        if word not in COMPATIBILITY_MARKS:
            near = best_matches(word, DIRECTIVES)
            if near:
                self._report(
                    "unknown-directive",
                    f"`#!{word}` is no directive, so the line is a comment",
                    token.index,
                    token.end,
                    f"did you mean `#!{near[0]}`?",
                )
        return self._skip_line()

    def _skip_line(self) -> None:
        self.index = _end_of(_LINE_END, self.text, self.index)

    def _swallows_code(self, end: int, body: str) -> bool:
        """Tell whether a string that ends at *end* runs over lines because its own closing quote is missing."""
        if "\n" not in body:
            return False
        return end < len(self.text) and self.text[end] not in _AFTER_STRING and self.text[end] != '"'

    def _opens_the_next(self, end: int, body: str, quote: str) -> bool:
        """Tell whether the quote before *end* opens the next string of the line, because one before it is missing."""
        if "\n" in body or not (self.text[end : end + 1].isalnum() or self.text[end : end + 1] in ("$", "_")):
            return False
        rest = self.text[end : _end_of(_LINE_END, self.text, end)]
        return _SEPARATOR.search(body) is not None and len(_QUOTE_IN[quote].findall(rest)) % 2 == 1

    def _closes_what_was_not_opened(self, start: int) -> bool:
        """Report a quote behind a word when it is that word's opening quote that is missing."""
        word = _WORD_BEFORE.search(self.text, max(0, start - 80), start)
        match = _DOUBLE_QUOTED.match(self.text, start)
        if word is None or match is None or not _SEPARATOR_FIRST.match(match.group(1)):
            return False
        if not self._opens_the_next(match.end(), match.group(1), '"'):
            return False
        self._report(
            "unterminated-string", "this quote closes no string", start, start + 1, f'add `"` before `{word.group()}`'
        )
        return True

    def _ended_before_separator(self, start: int, body: str, quote: str) -> str:
        """Report a string that lacks its closing quote, end it before what separates it from the next one."""
        word, separator = _PLAIN_WORD.match(body), _SEPARATOR.search(body)
        body = word.group() if word else body[: separator.start()] if separator else body
        self.index = start + 1 + len(body)
        self._report("unterminated-string", "this string is never closed", start, self.index, f"add `{quote}`")
        return body

    def _unterminated(self, start: int, quote: str) -> str:
        """Report the string that opens at *start*, end it at its line's end and return its body."""
        line_end = self.text.find("\n", start)
        line = self.text[start + 1 : line_end if line_end >= 0 else len(self.text)]
        tail = _LINE_TAIL.search(line)
        body = line[: tail.start()] if tail else line
        self.index = start + 1 + len(body)
        self._report("unterminated-string", "this string is never closed", start, self.index, f"add `{quote}`")
        return body

    def _shorter(self, start: int, end: int) -> int:
        """Return where a pseudo-variable ends that took in code because its own parenthesis is missing."""
        try:
            parse_pv(self.text[start:end])
        except PvSyntaxError as error:
            if error.offset and self.text[start : start + error.offset].strip() != self.text[start:end]:
                end = start + len(self.text[start : start + error.offset].rstrip())
                self._report("unterminated-pv", "this pseudo-variable is never closed", start, end, "add `)`")
        return end

    def _closing_parenthesis(self, index: int) -> int | None:
        """Return the offset behind the parenthesis that closes one before *index*, on the same line."""
        depth = 1
        for match in _PARENTHESIS.finditer(self.text, index):
            found = match.group()
            if found == "\n":
                break
            depth += 1 if found == "(" else -1
            if depth == 0:
                return match.end()
        return None


def lex(text: str, report: Report, index: int = 0) -> Iterator[Any]:
    """Return an iterator over the raw tokens of *text* from offset *index* on.

    A token has a `type`, a `value` (the string's content, the number, else the text), and `index` and
    `end`, offsets in *text*. Comments are left out.
    """
    tokens: Iterator[Any] = ConfigLexer(report).tokenize(text, 1, index)
    return tokens


def _end_of(pattern: re.Pattern[str], text: str, index: int) -> int:
    match = pattern.match(text, index)
    return match.end() if match else index


def _shown(character: str) -> str:
    if "\udc80" <= character <= "\udcff":
        return f"byte 0x{ord(character) - 0xDC00:02x}"
    return f"`{character}`" if character.isprintable() else f"U+{ord(character):04X}"
