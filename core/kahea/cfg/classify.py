"""From names to keywords.

The grammar has no terminator after an item such as ``debug = 3``, and almost any word may be a name.
So this stage, which sees where a token stands, decides what it is: inside a block ``if`` is a keyword
and ``name`` a name; outside, a name before ``=`` begins an item. It also keeps count of the braces: a
block that is not closed before the next ``route[...]`` is reported and closed here, so that one
missing brace is one mistake, and misspelt keywords are reported and read as what they were meant to be.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from kahea.cfg.keywords import (
    ADDRESS_LISTS,
    BLOCK_WORDS,
    BOOLEANS,
    CORE_OPERANDS,
    DESCRIPTION_WORDS,
    ITEM_WORDS,
    LISTEN_WORDS,
    ROUTE_WORDS,
    words,
)
from kahea.cfg.token import Token
from kahea.diagnostics import Diagnostics, Note, Span
from kahea.diagnostics.suggest import best_matches, did_you_mean

_STATEMENT_EDGE = words("SEMI LBRACE RBRACE")
_CASE_EDGE = _STATEMENT_EDGE | {"COLON"}
_EXPECTS_MORE = words(
    "EQ COLON DOT MINUS STAR COMMA LPAREN LBRACK ADVERTISE SOCKNAME DESC FLAGS LOADMODULE SETTING "
    "MODPARAM PARAM LISTPARAM ROUTE"
)
_LIST_VALUES = words("NAME INT STRING RAW IPV4 IPV6 NUMNAME LBRACK STAR LPAREN")
_VALUES = _LIST_VALUES | {"PV", "SELECT", "CAST"}
_OPERANDS = words("INT STRING RAW MINUS PV SELECT")
_PUNCTUATION = words("SEMI EQ COLON DOT MINUS STAR SLASH COMMA LPAREN RPAREN LBRACK RBRACK")
_ELSE_IF = words("elseif elsif elif")
_HEADS = ("if", "while", "switch")
_OUTSIDE = "outside route blocks stand parameters, loadmodule, modparam and routes"


class Classifier:
    """Gives every token the type that the grammar knows.

    Args:
        tokens: the tokens after the preprocessor.
        diagnostics: takes what is wrong.
    """

    def __init__(self, tokens: Iterable[Token], diagnostics: Diagnostics) -> None:
        self._source = iter(tokens)
        self._ahead: deque[Token] = deque()
        self._diagnostics = diagnostics
        self._braces: list[Token] = []
        self._suspect: Token | None = None
        self._closed_too_early = False
        self._parentheses = 0
        self._item = ""
        self._custom = False
        self._in_socket = False
        self._previous: Token | None = None

    def __iter__(self) -> Iterator[Token]:
        """Return the tokens with their final types."""
        for token in self._classified():
            self._previous = token
            yield token

    def _classified(self) -> Iterator[Token]:
        while (token := self._next()) is not None:
            kind = token.type
            if self._braces:
                if kind == "NAME":
                    yield from self._block_name(token)
                elif kind == "LBRACE":
                    self._braces.append(token)
                    yield token
                elif kind == "RBRACE":
                    if self._closes(token):
                        yield token
                else:
                    yield token
            else:
                yield from self._outside(token)
        if self._braces:
            yield from self._close_all(None)

    # --- looking ahead ---------------------------------------------------------------------------

    def _next(self) -> Token | None:
        return self._ahead.popleft() if self._ahead else next(self._source, None)

    def _peek(self, distance: int = 0) -> Token | None:
        while len(self._ahead) <= distance:
            token = next(self._source, None)
            if token is None:
                return None
            self._ahead.append(token)
        return self._ahead[distance]

    def _peek_type(self, distance: int = 0) -> str:
        token = self._peek(distance)
        return token.type if token else ""

    # --- inside a block --------------------------------------------------------------------------

    def _block_name(self, token: Token) -> Iterator[Token]:
        word = token.text
        keyword = BLOCK_WORDS.get(word)
        if keyword is not None:
            token.type = keyword
        elif word in CORE_OPERANDS:
            token.type = "CORE"
        elif word in BOOLEANS:
            token.type = "INT"
        elif word == "route" and self._is_route_call():
            yield from self._route_call(token)
            return
        elif word == "route" and self._is_bare_route_call():
            yield from self._bare_route_call(token)
            return
        elif word == "then" and self._previous is not None and self._previous.type not in _CASE_EDGE:
            self._unknown(token, "`then` is not a keyword", "remove it")
            return
        elif self._begins_item(word):
            yield from self._close_all(token)
            yield from self._outside(token)
            return
        elif self._previous is not None and self._previous.type in _CASE_EDGE:
            yield from self._statement_word(token, word)
            return
        yield token

    def _begins_item(self, word: str) -> bool:
        """Tell whether a word inside a block begins an item, which means that a brace is missing."""
        if word in ROUTE_WORDS:
            return self._peek_type() in ("LBRACE", "LBRACK")
        if word.startswith("modparam"):
            return word in ITEM_WORDS and self._peek_type() == "LPAREN"
        return word.startswith("loadmodule") and word in ITEM_WORDS and self._peek_type() in ("STRING", "RAW")

    def _is_route_call(self) -> bool:
        """Tell whether ``route[X]`` inside a block is a call that was written with the wrong brackets."""
        return (
            self._peek_type() == "LBRACK"
            and self._peek_type(2) == "RBRACK"
            and self._peek_type(3) not in ("", "LBRACE")
        )

    def _is_bare_route_call(self) -> bool:
        """Tell whether ``route X;`` stands here, a call without parentheses."""
        return self._peek_type() in ("NAME", "INT", "STRING", "RAW") and self._peek_type(1) == "SEMI"

    def _bare_route_call(self, token: Token) -> Iterator[Token]:
        """Yield ``route X`` as the call ``route(X)`` that it was meant to be."""
        name = self._next()
        assert name is not None
        self._diagnostics.error(
            "syntax-error",
            f"expected `(` after `{token.text}`",
            Span(token.file, token.end, token.end, token.origin),
            help=f"write `route({name.text})`",
        )
        yield token
        yield Token("LPAREN", "(", token.file, token.end, token.end)
        yield name
        yield Token("RPAREN", ")", name.file, name.end, name.end)

    def _route_call(self, token: Token) -> Iterator[Token]:
        """Yield ``route[X]`` as the call ``route(X)`` that it was meant to be."""
        opening, name, closing = self._next(), self._next(), self._next()
        assert opening is not None
        assert name is not None
        assert closing is not None
        ends_badly = (
            self._previous is not None and self._previous.type in _STATEMENT_EDGE and self._peek_type() != "SEMI"
        )
        self._diagnostics.error(
            "syntax-error",
            f"`route[{name.text}]` is how a route begins",
            token.span.to(closing.span),
            help=f"call it with `route({name.text}){';' if ends_badly else ''}`",
        )
        opening.type, closing.type = "LPAREN", "RPAREN"
        yield from (token, opening, name, closing)
        if ends_badly:
            yield Token("SEMI", ";", closing.file, closing.end, closing.end)

    def _statement_word(self, token: Token, word: str) -> Iterator[Token]:
        """Yield the first word of a statement; a misspelt keyword as the keyword."""
        following = self._peek_type()
        if word in _ELSE_IF:
            self._unknown(token, f"`{word}` is not a keyword", "write `else if`")
            yield _like(token, "ELSE")
            yield _like(token, "IF")
            return
        meant: list[str] = []
        if following in ("LBRACE", "NAME"):
            meant = best_matches(word, ("else",))
            if not meant and following == "LBRACE":
                self._unknown(token, f"unknown statement `{word}`", None)
                yield _like(token, "IF")
                token.type, token.content = "INT", 1
        elif following == "LPAREN":
            meant = best_matches(word, _HEADS)
            if meant and not self._block_after_parentheses():
                meant = []
        elif following == "COLON":
            meant = best_matches(word, ("default",))
        elif following in _OPERANDS:
            meant = best_matches(word, ("return", "case", "exit", "drop", *_HEADS))
        if meant:
            self._unknown(token, f"unknown statement `{word}`", did_you_mean(word, meant[:1]))
            token.type = BLOCK_WORDS[meant[0]]
        yield token

    def _peek_text(self) -> str:
        token = self._peek()
        return token.text if token else ""

    def _block_after_parentheses(self) -> bool:
        depth = distance = 0
        while True:
            kind = self._peek_type(distance)
            depth += (kind in ("LPAREN", "CAST")) - (kind == "RPAREN") - (kind == "CAST")
            if kind in ("", "SEMI", "LBRACE", "RBRACE"):
                return False
            distance += 1
            if depth == 0:
                return self._peek_type(distance) == "LBRACE"

    def _closes(self, token: Token) -> bool:
        """Take a closing brace off; tell whether it really closes a block."""
        opened = self._braces[-1]
        if token.begins_line() and _indent(token) < _indent(opened) and self._suspect is None:
            self._suspect = opened
        if len(self._braces) == 1 and self._statement_follows():
            self._diagnostics.error(
                "unbalanced-brace",
                "this `}` closes the route block, but statements follow",
                token.span,
                help="remove it",
                notes=[Note("the block opens here", opened.span)],
            )
            self._closed_too_early = True
            return False
        self._braces.pop()
        if not self._braces:
            self._suspect = None
            self._closed_too_early = False
        return True

    def _statement_follows(self) -> bool:
        """Tell whether what stands next can only be part of a block."""
        token = self._peek()
        if token is None:
            return False
        if token.type in ("PV", "RBRACE"):
            return token.type == "PV" or self._peek_type(1) in ("PV", "RBRACE")
        if token.type != "NAME":
            return False
        word, following = token.text, self._peek_type(1)
        if word in BLOCK_WORDS:
            return following not in ("EQ", "DOT")
        return (
            following == "LPAREN"
            and word not in ITEM_WORDS
            and not (self._peek_type(2) in ("STRING", "RAW") and best_matches(word, ITEM_WORDS))
        )

    def _close_all(self, before: Token | None) -> Iterator[Token]:
        """Report the block that is never closed, and yield the braces that are missing."""
        opened = self._suspect or self._braces[-1]
        reported, self._closed_too_early = self._closed_too_early, False
        noticed = [] if before is None else [Note(f"found `{before.text}` inside it", before.span)]
        if not reported or len(self._braces) > 1:
            self._diagnostics.error(
                "unbalanced-brace", "this block is never closed", opened.span, help="add `}`", notes=noticed
            )
        end = before or self._previous or opened
        for _ in self._braces:
            yield Token("RBRACE", "}", end.file, end.start if before else end.end, end.start if before else end.end)
        self._braces.clear()
        self._suspect = None

    # --- outside blocks --------------------------------------------------------------------------

    def _outside(self, token: Token) -> Iterator[Token]:
        kind = token.type
        if kind == "NAME":
            yield from self._outside_name(token)
            return
        if kind == "LBRACE":
            if self._item == "socket" and self._previous is not None and self._previous.type == "EQ":
                self._in_socket = True
            else:
                self._braces.append(token)
        elif kind == "RBRACE":
            if not self._in_socket:
                self._diagnostics.error("unbalanced-brace", "this `}` closes no block", token.span, help="remove it")
                return
            self._in_socket = False
            self._item = ""
        elif kind == "EQUALITY" and self._previous is not None and self._previous.type in ("PARAM", "LISTPARAM"):
            self._diagnostics.error("syntax-error", f"expected `=`, found `{token.text}`", token.span, help="write `=`")
            token.type = "EQ"
        elif kind == "LPAREN":
            self._parentheses += 1
        elif kind == "RPAREN":
            self._parentheses = max(0, self._parentheses - 1)
        elif kind not in _PUNCTUATION and self._at_item() and not (self._in_list() and kind in _LIST_VALUES):
            self._misplaced(token, f"unexpected {described(token)}")
            return
        yield token

    def _outside_name(self, token: Token) -> Iterator[Token]:
        word = token.text
        at_item = self._at_item()
        if self._custom and self._previous is not None and self._previous.type == "DOT":
            pass
        elif word in ITEM_WORDS and (at_item or (token.begins_line() and self._begins_item(word))):
            self._begin(word)
            token.type = ITEM_WORDS[word]
        elif self._is_parameter(token):
            self._begin(word, custom=self._peek_type() in ("DOT", "LBRACK"))
            token.type = "LISTPARAM" if word in ADDRESS_LISTS and not self._in_socket else "PARAM"
        elif word in ROUTE_WORDS and (at_item or self._peek_type() in ("LBRACE", "LBRACK")):
            yield from self._route(token)
            return
        elif self._custom and word in DESCRIPTION_WORDS and self._peek_type() in ("STRING", "RAW"):
            token.type = "DESC"
        elif at_item and self._item == "listen" and word in LISTEN_WORDS and not self._looks_like_item(token):
            token.type = LISTEN_WORDS[word]
        elif word in BOOLEANS:
            token.type = "INT"
        elif at_item and not (self._in_list() and not self._looks_like_item(token)):
            yield from self._unknown_item(token, word)
            return
        yield token

    def _begin(self, word: str, *, custom: bool = False) -> None:
        if not self._in_socket:
            self._item = word
        self._custom = custom
        self._parentheses = 0

    def _at_item(self) -> bool:
        """Tell whether the item before may be complete."""
        return (
            self._previous is None
            or self._previous.type in ("RBRACE", "SEMI")
            or (self._parentheses == 0 and self._previous.type not in _EXPECTS_MORE)
        ) and not self._in_socket

    def _in_list(self) -> bool:
        return (
            self._item in ADDRESS_LISTS and self._previous is not None and self._previous.type not in ("SEMI", "RBRACE")
        )

    def _is_parameter(self, token: Token) -> bool:
        """Tell whether ``name =``, ``group.name =``, ``group[1].name =`` or ``coreparam[name] =`` begins here."""
        following = self._peek_type()
        if following in ("EQ", "EQUALITY"):
            return following == "EQ" or self._at_item()
        if following == "DOT" and self._at_item():
            return self._peek_type(1) in ("NAME", "INT") and self._peek_type(2) == "EQ"
        if following == "LBRACK" and token.text not in ROUTE_WORDS:
            return self._peek_type(2) == "RBRACK" and self._peek_type(3) in ("DOT", "EQ")
        return False

    def _looks_like_item(self, token: Token) -> bool:
        """Tell whether a name in an address list is rather the misspelt keyword of the next item."""
        if not token.begins_line():
            return False
        following = self._peek_type()
        if following in ("LBRACE", "LBRACK", "LPAREN"):
            return True
        return following in ("STRING", "RAW") and bool(best_matches(token.text, ITEM_WORDS))

    def _route(self, token: Token) -> Iterator[Token]:
        """Yield a route's keyword and, as one token, its name."""
        self._begin(token.text)
        token.type = "ROUTE"
        yield token
        if self._peek_type() != "LBRACK":
            yield from self._route_block(token)
            return
        bracket = self._next()
        assert bracket is not None
        yield bracket
        parts: list[Token] = []
        while self._peek_type() not in ("", "RBRACK", "LBRACE", "RBRACE", "SEMI"):
            part = self._next()
            assert part is not None
            parts.append(part)
        if not parts:
            return  # The parser reports the missing name.
        first, last = parts[0], parts[-1]
        content = first.text if len(parts) == 1 else first.file.text[first.start : last.end]
        name = Token("ROUTENAME", content, first.file, first.start, max(last.end, first.end), first.origin)
        yield name
        closing = self._peek()
        if closing is None or closing.type != "RBRACK":
            end = Span(name.file, name.end, name.end)
            self._diagnostics.error(
                "syntax-error", "expected `]`", end, help="add `]`", notes=[Note("opened here", bracket.span)]
            )
            yield Token("RBRACK", "]", name.file, name.end, name.end)
        else:
            name = closing
            yield self._next() or closing
        yield from self._route_block(name)

    def _route_block(self, previous: Token) -> Iterator[Token]:
        """Yield the opening brace of a route's block if it is missing."""
        following = self._peek()
        if following is not None and following.type == "LBRACE":
            return
        place = Span(previous.file, previous.end, previous.end, previous.origin)
        self._diagnostics.error("syntax-error", "expected `{`", place, help="add `{`")
        brace = Token("LBRACE", "{", previous.file, previous.end, previous.end)
        yield brace
        if following is None or following.type != "NAME" or following.text not in ROUTE_WORDS | ITEM_WORDS.keys():
            self._braces.append(brace)
            return
        yield Token("SEMI", ";", previous.file, previous.end, previous.end)
        yield Token("RBRACE", "}", previous.file, previous.end, previous.end)

    def _unknown_item(self, token: Token, word: str) -> Iterator[Token]:
        """Report a word that begins no item; yield it as the keyword that was meant, else pass over the item."""
        following = self._peek()
        kind = following.type if following else ""
        candidates: Iterable[str] = (*ROUTE_WORDS, *ITEM_WORDS)
        if kind in ("LBRACE", "LBRACK"):
            candidates = ROUTE_WORDS
        elif kind in ("LPAREN", "STRING", "RAW"):
            candidates = ITEM_WORDS
        near = best_matches(word, candidates)
        if near:
            self._unknown(token, f"unknown statement `{word}`", did_you_mean(word, near))
            if near[0] in ROUTE_WORDS:
                token.content = near[0]
                yield from self._route(token)
                return
            self._begin(near[0])
            token.content, token.type = near[0], ITEM_WORDS[near[0]]
            yield token
        elif following is not None and kind in _VALUES - {"LPAREN", "LBRACK"} and not following.begins_line():
            end = Span(token.file, token.end, token.end, token.origin)
            self._diagnostics.error("syntax-error", f"expected `=` after `{word}`", end, help="add `=`")
            self._begin(word)
            token.type = "LISTPARAM" if word in ADDRESS_LISTS else "PARAM"
            yield token
            yield Token("EQ", "=", token.file, token.end, token.end)
        elif kind in ("LPAREN", "LBRACE"):
            self._misplaced(token, f"`{word}` cannot stand outside a route block")
        else:
            self._misplaced(token, f"unexpected `{word}`")

    def _misplaced(self, token: Token, message: str) -> None:
        """Report a token that can begin no item, and pass over what belongs to it."""
        self._unknown(token, message, _OUTSIDE)
        self._parentheses = 0
        depth = 0
        while (following := self._peek()) is not None:
            kind = following.type
            if depth == 0 and following.begins_line() and kind == "NAME":
                word = following.text
                if word in ROUTE_WORDS or word in ITEM_WORDS or self._peek_type(1) in ("EQ", "DOT"):
                    break
            if kind == "RBRACE" and depth == 0:
                break
            self._next()
            depth += (kind == "LBRACE") - (kind == "RBRACE")
            if depth == 0 and kind in ("SEMI", "RBRACE"):
                break
        self._previous = None
        self._item = ""

    def _unknown(self, token: Token, message: str, hint: str | None) -> None:
        self._diagnostics.error("unknown-statement", message, token.span, help=hint)


def described(token: Token) -> str:
    """Return a short name of a token for a message."""
    if token.type in ("STRING", "RAW"):
        return "string"
    if token.type == "$end":
        return "end of file"
    text = token.text
    return f"`{text if len(text) <= 40 else text[:37] + '...'}`"


def _like(token: Token, kind: str) -> Token:
    return Token(kind, token.content, token.file, token.start, token.end, token.origin)


def _indent(token: Token) -> int:
    """Return how far the line of a token is indented, in columns with tabs of eight."""
    text = token.file.text
    start = text.rfind("\n", 0, token.start) + 1
    column = 0
    while start < token.start and text[start] in " \t":
        column = (column // 8 + 1) * 8 if text[start] == "\t" else column + 1
        start += 1
    return column
