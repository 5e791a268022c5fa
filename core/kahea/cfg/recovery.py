"""What the parser does about a mistake.

A mistake is reported once and mended so that the text after it is read as it was meant. First the
parser looks for a small repair: one token put in, left out or replaced, after which the next tokens
fit; what the repair was is the best description of the mistake. If there is none, it passes over the
statement or the condition in which it is, without losing count of the braces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sly.yacc import YaccSymbol

from kahea.cfg import ast
from kahea.cfg.classify import described
from kahea.cfg.feed import Feed
from kahea.cfg.keywords import words
from kahea.cfg.tables import CachedParser
from kahea.cfg.token import Token
from kahea.diagnostics import Diagnostics, Note, SourceFile, Span

MAX_ERRORS = 100

_LOOK_AHEAD = 4
_INSERTED = {
    "SEMI": ";",
    "RPAREN": ")",
    "LPAREN": "(",
    "COMMA": ",",
    "COLON": ":",
    "LBRACE": "{",
    "RBRACK": "]",
    "EQ": "=",
}
_ITEM_STARTS = words("PARAM LISTPARAM LOADMODULE SETTING MODPARAM FLAGS ROUTE")
_STATEMENT_STARTS = words("NAME PV IF WHILE SWITCH BREAK RETURN EXIT DROP CASE DEFAULT ELSE CORE")
_MEANT = {"===": "==", "!==": "!=", "<>": "!=", "=~=": "=~"}
_WORD_PARTS = words("NAME NUMNAME INT DOT MINUS SLASH")
_HEADS = {"IF": "if", "WHILE": "while", "SWITCH": "switch"}
_OPERATORS = words("EQUALITY RELATION SHL SHR AND OR PLUS MINUS STAR SLASH MOD BAND BOR BXOR NOT BNOT EQ COMMA LPAREN")


class RecoveringParser(CachedParser):
    """A parser that reports and mends mistakes.

    Args:
        diagnostics: takes what is wrong.
    """

    def __init__(self, diagnostics: Diagnostics) -> None:
        self.diagnostics = diagnostics
        self._errors = 0
        self._aborted = False

    def parse_tokens(self, tokens: Iterable[Token], file: SourceFile) -> list[ast.Item] | None:
        """Return the items of a configuration; ``None`` if it cannot be read to the end.

        Args:
            tokens: the tokens from `kahea.cfg.classify`.
            file: the main file, for mistakes at its end.
        """
        self._file = file
        self._feed = Feed(self._first(tokens))
        items: list[ast.Item] | None = self.parse(self._feed)
        return None if self._aborted else items

    def _first(self, tokens: Iterable[Token]) -> Iterator[Token]:
        # SLY makes its stack when it begins to parse, which is when it asks for the first token.
        self._feed.watch(self.statestack)
        yield from tokens

    # --- called by SLY ---------------------------------------------------------------------------

    def error(self, token: Token | None) -> Any:
        """Report the mistake at *token* (``None``: the end) and return the token to go on with."""
        if self._feed.too_deep is not None:
            self.diagnostics.error(
                "too-deep",
                "blocks, parentheses or operators are nested too deep",
                self._feed.too_deep.span,
                help="split the expression or move inner blocks to routes of their own",
            )
            self._aborted = True
            return None
        self._errors += 1
        if self._aborted or self._errors > MAX_ERRORS:
            if not self._aborted and token is not None:
                self.diagnostics.error("too-many-errors", "too many syntax errors; the rest is not read", token.span)
            self._aborted = True
            self._feed.stop()
            return self._end() if token is not None and self._accepts_end() else None
        if token is None:
            token = self._end()
        return self._repair(token) or self._panic(token)

    # --- repairs ---------------------------------------------------------------------------------

    def _repair(self, token: Token) -> Token | None:
        following = self._feed.peek(_LOOK_AHEAD)
        types = [token.type, *(ahead.type for ahead in following)]
        if len(following) < _LOOK_AHEAD and token.type != "$end":
            types.append("$end")
        return (
            self._replace(token, types)
            or self._insert(token, types)
            or self._close_parentheses(token, types)
            or self._insert_operand(token, types)
            or self._delete(token, types)
        )

    def _replace(self, token: Token, types: list[str]) -> Token | None:
        """Mend a wrong operator."""
        if token.type == "EQ" and types[1:2] == ["NOT"] and self._fits(["EQUALITY", *types[2:]]):
            (following,) = self._feed.peek(1)
            if following.start == token.end:
                next(self._feed)
                self._report("syntax-error", "there is no operator `=!`", token.span.to(following.span), "write `!=`")
                return _changed(token, "EQUALITY", "!=")
        if token.type == "EQ" and self._fits(["EQUALITY", *types[1:]]):
            self._report("assignment-in-condition", "`=` assigns; this compares", token.span, "write `==`")
            return _changed(token, "EQUALITY", "==")
        if token.type in ("EQ", "RELATION"):
            previous = self.symstack[-1]
            if isinstance(previous, Token) and previous.end == token.start and self._fits(types[1:]):
                written, meant = previous.text + token.text, _MEANT.get(previous.text + token.text)
                if meant is not None:
                    span = previous.span.to(token.span)
                    self._report("syntax-error", f"there is no operator `{written}`", span, f"write `{meant}`")
                    previous.content, previous.end = meant, token.end
                    return next(self._feed, None) or self._end()
        if token.type == "COMPOUND" and self._fits(["EQ", *types[1:]]):
            operator = token.text[:-1]
            target = self.symstack[-1].text if isinstance(self.symstack[-1], Token) else "x"
            self._report(
                "syntax-error",
                f"there is no operator `{token.text}`",
                token.span,
                f"write `{target} = {target} {operator} ...`",
            )
            return _changed(token, "EQ", "=")
        if token.type == "PERCENT" and self._fits(["MOD", *types[1:]]):
            self._report("syntax-error", "there is no operator `%`", token.span, "write `mod`")
            return _changed(token, "MOD", "mod")
        if token.type == "EQUALITY" and token.text == "==" and self._fits(["EQ", *types[1:]]):
            self._report("syntax-error", "`==` compares; this assigns", token.span, "write `=`")
            return _changed(token, "EQ", "=")
        if token.type == "NOT" and types[1:2] == ["BNOT"] and self._fits(["EQUALITY", *types[2:]]):
            self._feed.peek(1)
            tilde = next(self._feed)
            self._report("syntax-error", "there is no operator `!~`", token.span.to(tilde.span), "write `!(a =~ b)`")
            return _changed(token, "EQUALITY", "=~")
        return self._quote(token)

    def _quote(self, token: Token) -> Token | None:
        """Mend a word where only a string may stand, such as a module's name without quotes."""
        if token.type not in ("NAME", "NUMNAME") or not self._fits(["STRING"]) or self._fits(["INT"]):
            return None
        end, ahead = token.end, self._feed.peek(2 * _LOOK_AHEAD)
        parts = 0
        while parts < len(ahead) and ahead[parts].start == end and ahead[parts].type in _WORD_PARTS:
            end = ahead[parts].end
            parts += 1
        if not self._fits(["STRING", *(following.type for following in ahead[parts : parts + 1])]):
            return None
        for _ in range(parts):
            next(self._feed)
        text = token.file.text[token.start : end] if token.origin is None else token.text
        span = Span(token.file, token.start, end, token.origin)
        self._report("syntax-error", f"expected a string, found `{text}`", span, f'put it in quotes: `"{text}"`')
        return Token("STRING", text, token.file, token.start, end, token.origin)

    def _insert(self, token: Token, types: list[str]) -> Token | None:
        """Mend a missing token."""
        previous = self._previous()
        if previous is None:
            return None
        for kind in self._insertions(token, previous):
            # At a line's end a `;` is most likely what is missing, even if the next line has a mistake too.
            certain = kind == "SEMI" and self._at_line_end(token, previous)
            if self._fits([kind, *types]) or (certain and self._fits([kind, *types[:2]])):
                text = _INSERTED[kind]
                place = Span(previous.file, previous.end, previous.end, previous.origin)
                notes = self._opened_by("LPAREN") if kind == "RPAREN" else ()
                found = f", found {described(token)}" if not self._at_line_end(token, previous) else ""
                self._report("syntax-error", f"expected `{text}`{found}", place, f"add `{text}`", notes)
                self._feed.put_back(token)
                return Token(kind, text, previous.file, previous.end, previous.end, previous.origin)
        return None

    def _close_parentheses(self, token: Token, types: list[str]) -> Token | None:
        """Mend several parentheses that are missing, or one together with the ``;`` behind it."""
        previous = self._previous()
        if previous is None:
            return None
        for count, last in ((1, ["SEMI"]), (2, []), (2, ["SEMI"]), (3, []), (3, ["SEMI"])):
            kinds = ["RPAREN"] * count + last
            if self._fits([*kinds, *types[:2]]):
                closing = ")" * count
                place = Span(previous.file, previous.end, previous.end, previous.origin)
                self._report(
                    "syntax-error", f"expected `{closing}`", place, f"add `{closing}`", self._opened_by("LPAREN")
                )
                inserted = [
                    Token(kind, _INSERTED[kind], previous.file, previous.end, previous.end, previous.origin)
                    for kind in kinds
                ]
                self._feed.put_back(token)
                for each in reversed(inserted[1:]):
                    self._feed.put_back(each)
                return inserted[0]
        return None

    def _insertions(self, token: Token, previous: Token) -> Iterator[str]:
        """Yield the tokens that may be missing before *token*, most likely first."""
        if token.type in ("STRING", "RAW") and previous.type in ("STRING", "RAW"):
            return
        yield "RPAREN"
        if self._at_line_end(token, previous) or token.type == "RBRACE" or token.type in _STATEMENT_STARTS:
            yield "SEMI"
        if token.type not in ("RPAREN", "SEMI", "LBRACE", "RBRACE"):
            yield "COMMA"
            yield "LPAREN"
        yield "COLON"
        if previous.type != "EQ":
            yield "LBRACE"
        yield "SEMI"
        yield "EQ"

    def _insert_operand(self, token: Token, types: list[str]) -> Token | None:
        """Mend a missing operand or value."""
        previous = self._previous()
        if (
            previous is None
            or token.type == "$end"
            or previous.type not in _OPERATORS | {"IF", "WHILE", "SWITCH", "CASE"}
        ):
            return None
        if token.type in _OPERATORS and self._fits(types[1:]):
            return None
        for kind in ("INT", "STRING"):
            if not self._fits([kind, *types]):
                continue
            at, place = token.start, token.span
            what = "a value" if previous.type == "EQ" else "an expression"
            message, hint = f"expected {what}, found {described(token)}", None
            if previous.type == "EQ" and self._at_line_end(token, previous):
                # what stands on the next line has nothing to do with it
                at, place = previous.end, Span(previous.file, previous.end, previous.end, previous.origin)
                target = self.symstack[-2]
                message, hint = f"`{target.text if isinstance(target, Token) else '='}` has no value", "add one"
            self._report("syntax-error", message, place, hint, _origin(previous))
            self._feed.put_back(token)
            return Token(kind, 0 if kind == "INT" else "", previous.file if hint else token.file, at, at)
        return None

    def _delete(self, token: Token, types: list[str]) -> Token | None:
        """Mend a token that is too much."""
        if token.type == "$end" or len(types) < 2 or not self._fits(types[1:]):
            return None
        following = next(self._feed, None)
        previous = self._previous()
        hint = self._hint(token)
        if token.type in ("STRING", "RAW") and previous is not None and previous.type in ("STRING", "RAW"):
            hint = "join strings with `+`; only double-quoted ones with nothing between them join by themselves"
        elif token.type in ("RPAREN", "RBRACK", "COMMA"):
            hint = "remove it"
        self._report("syntax-error", self._unexpected(token), token.span, hint, _origin(previous))
        return following or self._end()

    def _fits(self, types: list[str]) -> bool:
        """Tell whether tokens of these types fit in the parser's state, one after the other."""
        table, productions = self._lrtable, self._grammar.Productions
        stack = list(self.statestack)
        for kind in types:
            while True:
                state = stack[-1]
                action = table.defaulted_states.get(state) or table.lr_action[state].get(kind)
                if action is None:
                    return False
                if action >= 0:
                    if action:
                        stack.append(action)
                    break
                production = productions[-action]
                if production.len:
                    del stack[-production.len :]
                stack.append(table.lr_goto[stack[-1]][production.name])
        return True

    # --- panic -----------------------------------------------------------------------------------

    def _panic(self, token: Token) -> Token | None:
        """Report *token*, give up what it stands in, and return the token to go on with."""
        self._report("syntax-error", self._unexpected(token), token.span, self._hint(token), _origin(self._previous()))
        head = self._open_head()
        if head is not None and (found := self._skip_to_block(token)) is not None:
            self._pop_to(head)
            self._push("expression", ast.Int(token.span, 0))
            return found
        base = self._statement_base()
        if base is None:
            return self._next_item(token)
        self._pop_to(base)
        return self._next_statement(token)

    def _open_head(self) -> int | None:
        """Return the index on the stack of the ``if`` whose condition is being read, if one is."""
        for index in range(len(self.symstack) - 1, 0, -1):
            kind = self.symstack[index].type
            if kind in ("LBRACE", "statements", "cases", "case", "label", "body"):
                return None
            if kind in _HEADS:
                after = self.symstack[index + 1 : index + 2]
                complete = bool(after) and after[0].type == "expression" and len(self.symstack) > index + 2
                return None if complete and self.symstack[index + 2].type in ("body", "block") else index
        return None

    def _skip_to_block(self, token: Token) -> Token | None:
        """Pass over tokens up to the ``{`` that ends a condition; ``None`` if the statement ends before."""
        ahead = [token]
        while ahead[-1].type not in ("LBRACE", "SEMI", "RBRACE", "$end"):
            following = self._feed.peek(len(ahead))
            if len(following) < len(ahead):
                break
            ahead.append(following[-1])
        if ahead[-1].type != "LBRACE":
            return None
        for _ in ahead[1:]:
            found = next(self._feed)
        return token if len(ahead) == 1 else found

    def _statement_base(self) -> int | None:
        """Return the index on the stack of the list of statements or the brace that a new statement may follow."""
        gotos = self._lrtable.lr_goto
        for index in range(len(self.statestack) - 1, 0, -1):
            kind = self.symstack[index].type
            if kind in ("statements", "LBRACE", "label") and "statement" in gotos[self.statestack[index]]:
                return index
            if kind in ("LBRACE", "cases") and "case" in gotos[self.statestack[index]]:
                return index
        return None

    def _next_statement(self, token: Token) -> Token:
        """Return the token at which the next statement begins, or the brace that ends the block."""
        depth = 0
        current: Token | None = token
        first = True
        while current is not None:
            kind = current.type
            if depth == 0:
                if kind == "RBRACE" or (not first and kind in _STATEMENT_STARTS and self._begins_statement(current)):
                    return self._statement_or_end(current)
                if kind == "SEMI":
                    return current if self._fits(["SEMI"]) else (next(self._feed, None) or self._end())
            depth += (kind == "LBRACE") - (kind == "RBRACE")
            if depth == 0 and kind == "RBRACE":
                return next(self._feed, None) or self._end()
            current = next(self._feed, None)
            first = False
        return self._end()

    def _begins_statement(self, token: Token) -> bool:
        return token.begins_line() and self._fits([token.type])

    def _statement_or_end(self, token: Token) -> Token:
        if self._fits([token.type]):
            return token
        # The block has no statement yet: an empty one keeps the mistake single.
        self._feed.put_back(token)
        return Token("SEMI", ";", token.file, token.start, token.start)

    def _next_item(self, token: Token) -> Token:
        """Give up the item and return the token at which the next one begins."""
        self._pop_to(1 if len(self.statestack) > 1 and self.symstack[1].type == "config" else 0)
        if len(self.statestack) == 1:
            self._push("config", [])
        depth = 0
        current: Token | None = token
        while current is not None:
            kind = current.type
            if depth == 0 and kind in _ITEM_STARTS:
                return current
            depth = max(0, depth + (kind == "LBRACE") - (kind == "RBRACE"))
            current = next(self._feed, None)
        return self._end()

    def _pop_to(self, index: int) -> None:
        del self.statestack[index + 1 :]
        del self.symstack[index + 1 :]
        self.state = self.statestack[-1]

    def _push(self, kind: str, value: Any) -> None:
        symbol = YaccSymbol()
        symbol.type = kind
        symbol.value = value
        self.symstack.append(symbol)
        self.state = self._lrtable.lr_goto[self.statestack[-1]][kind]
        self.statestack.append(self.state)

    # --- wording ---------------------------------------------------------------------------------

    def _report(self, code: str, message: str, span: Span, hint: str | None, notes: Iterable[Note] = ()) -> None:
        self.diagnostics.error(code, message, span, help=hint, notes=notes)

    def _unexpected(self, token: Token) -> str:
        found = described(token)
        previous = self._previous()
        return f"unexpected {found}" + (f" after {described(previous)}" if previous else "")

    def _hint(self, token: Token) -> str | None:
        if token.type == "LBRACE":
            return "a block needs `if`, `else`, `while` or a route before it"
        if token.type == "ELSE":
            return "`else` needs an `if` before it"
        if token.type in ("CASE", "DEFAULT"):
            return f"`{token.text}` stands in a `switch`"
        previous = self._previous()
        if token.type == "NAME" and previous is not None and previous.type == "STRING" and previous.end == token.start:
            return 'write a quote inside a string as `\\"`'
        if token.type == "NUMNAME":
            return "a number has no letters, and one that begins with 0 is octal"
        return None

    def _opened_by(self, kind: str) -> list[Note]:
        for symbol in reversed(self.symstack):
            if symbol.type == kind and isinstance(symbol, Token):
                return [Note("opened here", symbol.span)]
        return []

    def _previous(self) -> Token | None:
        """Return the last token that was read, or one that stands for the last node."""
        symbol = self.symstack[-1]
        if isinstance(symbol, Token):
            return symbol
        span = _last_span(getattr(symbol, "value", None))
        if span is None:
            return None
        text = span.text
        last = text[text.rstrip().rfind("\n") + 1 :].strip() if "\n" in text else text
        kind = "STRING" if text[:1] in "\"'" and symbol.type in ("expression", "string") else symbol.type
        return Token(kind, last, span.file, span.start, span.end, span.expanded_from)

    @staticmethod
    def _at_line_end(token: Token, previous: Token) -> bool:
        """Tell whether *token* stands on a later line than *previous*."""
        if token.file is not previous.file:
            return True
        return "\n" in token.file.text[previous.end : token.start]

    def _accepts_end(self) -> bool:
        return self._fits(["$end"])

    def _end(self) -> Token:
        length = len(self._file.text.rstrip())
        return Token("$end", "", self._file, length, length)


def _origin(token: Token | None) -> list[Note]:
    """Return a note with the define that a token comes from, if it comes from one."""
    if token is None or token.origin is None:
        return []
    return [Note(f"{described(token)} comes from this define", token.origin)]


def _last_span(value: Any) -> Span | None:
    if isinstance(value, ast.If):
        return (value.otherwise or value.branches[-1][1]).span
    if isinstance(value, ast.While):
        return value.body.span
    if isinstance(value, ast.Node | ast.Listen):
        return value.span
    if isinstance(value, Token):
        return value.span
    if isinstance(value, list | tuple) and value:
        return _last_span(value[-1])
    return None


def _changed(token: Token, kind: str, text: str) -> Token:
    return Token(kind, text, token.file, token.start, token.end, token.origin)
