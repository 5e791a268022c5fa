"""Transformations ``s.*`` that cut, search and change text."""

from __future__ import annotations

from kahea.api import Module, Value, transformation

from kahea_pv import texts, times
from kahea_pv.kinds import Char, Chars, Number
from kahea_pv.params import PvParams
from kahea_pv.texts import on_text


class StringTransformations(Module[PvParams]):
    """Text in, text or a number out.

    A number counts as the text of its digits. Offsets and lengths are in bytes. What cannot be done gives null.
    """

    # --- length and type

    @transformation("s.len")
    def s_len(self, value: Value) -> Value:
        """Length in bytes."""
        return on_text(value, texts.length)

    @transformation("s.int")
    def s_int(self, value: Value) -> Value:
        """The number that the text is; 0 for an empty one, null for one that is no number."""
        return value if isinstance(value, int) else on_text(value, texts.number)

    @transformation("s.intv")
    def s_intv(self, value: Value) -> Value:
        """As ``s.int``."""
        return self.s_int(value)

    @transformation("s.numeric")
    def s_numeric(self, value: Value) -> Value:
        """Only the digits, as text."""
        return on_text(value, texts.digits)

    # --- cutting

    @transformation("s.substr")
    def s_substr(self, value: Value, offset: Number, length: Number) -> Value:
        """*length* bytes from *offset*: ``{s.substr,0,3}``.

        A negative offset counts from the end; length 0 means to the end. Null when the offset lies outside.
        """
        return on_text(value, texts.substr, offset, length)

    @transformation("s.select")
    def s_select(self, value: Value, index: Number, separator: Char) -> Value:
        """The part number *index* between separators: ``{s.select,0,@}`` is the first; negative counts from the last.

        The *separator* is one character, also ``,``, a blank, or an escape for backslash, line feed, carriage return or
        tab. "" when there is no such part.
        """
        return on_text(value, texts.select, index, separator)

    @transformation("s.selectsw")
    def s_selectsw(self, value: Value, index: Number) -> Value:
        """The part number *index* between blanks, tabs and line ends; negative counts from the last."""
        return on_text(value, texts.select_at_blank, index)

    @transformation("s.strip")
    def s_strip(self, value: Value, count: Number) -> Value:
        """Without the first *count* bytes."""
        return on_text(value, texts.strip_front, count)

    @transformation("s.striptail")
    def s_striptail(self, value: Value, count: Number) -> Value:
        """Without the last *count* bytes."""
        return on_text(value, texts.strip_back, count)

    @transformation("s.stripto")
    def s_stripto(self, value: Value, char: Chars) -> Value:
        """From the first *char* on; "" without one."""
        return on_text(value, texts.strip_to, char)

    @transformation("s.before")
    def s_before(self, value: Value, char: Chars) -> Value:
        """What precedes the first *char*; all without one."""
        return on_text(value, texts.before, char)

    @transformation("s.after")
    def s_after(self, value: Value, char: Chars) -> Value:
        """What follows the first *char*; "" without one."""
        return on_text(value, texts.after, char)

    @transformation("s.rbefore")
    def s_rbefore(self, value: Value, char: Chars) -> Value:
        """What precedes the last *char*; all without one."""
        return on_text(value, texts.before_last, char)

    @transformation("s.rafter")
    def s_rafter(self, value: Value, char: Chars) -> Value:
        """What follows the last *char*; "" without one."""
        return on_text(value, texts.after_last, char)

    @transformation("s.charat")
    def s_charat(self, value: Value, index: Number) -> Value:
        """The byte at *index*, as text; "" outside."""
        return on_text(value, texts.char_at, index)

    @transformation("s.byteat")
    def s_byteat(self, value: Value, index: Number) -> Value:
        """The number of the byte at *index*; -1 outside."""
        return on_text(value, texts.byte_at, index)

    @transformation("s.trim")
    def s_trim(self, value: Value) -> Value:
        """Without blanks, tabs and line ends around."""
        return on_text(value, str.strip, texts.TRIMMED)

    @transformation("s.ltrim")
    def s_ltrim(self, value: Value) -> Value:
        """Without blanks, tabs and line ends before."""
        return on_text(value, str.lstrip, texts.TRIMMED)

    @transformation("s.rtrim")
    def s_rtrim(self, value: Value) -> Value:
        """Without blanks, tabs and line ends after."""
        return on_text(value, str.rstrip, texts.TRIMMED)

    @transformation("s.unquote")
    def s_unquote(self, value: Value) -> Value:
        """Without a pair of single or double quotes around."""
        return on_text(value, texts.unquote)

    @transformation("s.unbracket")
    def s_unbracket(self, value: Value) -> Value:
        """Without a pair of brackets around: ``()``, ``[]``, ``{}``, ``<>``."""
        return on_text(value, texts.unbracket)

    # --- changing

    @transformation("s.tolower")
    def s_tolower(self, value: Value) -> Value:
        """In lower case; only ASCII letters change."""
        return on_text(value, texts.lower)

    @transformation("s.toupper")
    def s_toupper(self, value: Value) -> Value:
        """In upper case; only ASCII letters change."""
        return on_text(value, texts.upper)

    @transformation("s.replace")
    def s_replace(self, value: Value, old: Chars, new: Chars) -> Value:
        """With every *old* replaced by *new*."""
        return on_text(value, texts.replace, old, new)

    @transformation("s.rm")
    def s_rm(self, value: Value, text: Chars) -> Value:
        """Without any *text*, in which a backslash and ``n``, ``r`` or ``t`` stand for line ends and tabs."""
        return on_text(value, texts.replace, None if text is None else texts.unescaped(text), "")

    @transformation("s.rmws")
    def s_rmws(self, value: Value) -> Value:
        """Without any blank, tab or line end."""
        return on_text(value, texts.remove_white_space)

    @transformation("s.rmhdws")
    def s_rmhdws(self, value: Value) -> Value:
        """Header folding undone: a line end and the blanks after it become one blank."""
        return on_text(value, texts.unfold_to_blank)

    @transformation("s.rmhlws")
    def s_rmhlws(self, value: Value) -> Value:
        """Header folding undone: a line end and the blanks after it go."""
        return on_text(value, texts.unfold)

    @transformation("s.fmtlines")
    def s_fmtlines(self, value: Value, width: Number, padding: Number) -> Value:
        """In lines of *width* bytes, each but the first after *padding* blanks."""
        return _in_lines(value, width, padding, " ")

    @transformation("s.fmtlinet")
    def s_fmtlinet(self, value: Value, width: Number, padding: Number) -> Value:
        """In lines of *width* bytes, each but the first after *padding* tabs."""
        return _in_lines(value, width, padding, "\t")

    # --- counting and listing

    @transformation("s.count")
    def s_count(self, value: Value, char: Chars) -> Value:
        """How many times *char* occurs."""
        return on_text(value, texts.count, char)

    @transformation("s.prefixes")
    def s_prefixes(self, value: Value, maximum: Number = 0) -> Value:
        """All prefixes, shortest first, with commas between; at most *maximum* bytes long."""
        return on_text(value, texts.prefixes, maximum)

    @transformation("s.prefixes.quoted")
    def s_prefixes_quoted(self, value: Value, maximum: Number = 0) -> Value:
        """As ``s.prefixes`` with *maximum*, each in single quotes."""
        return on_text(value, texts.prefixes, maximum, "'")

    @transformation("s.ftime")
    def s_ftime(self, value: Value, pattern: Chars) -> Value:
        """Seconds since 1970 as local time, by a *pattern* of strftime(3): ``{s.ftime,%Y-%m-%d}``."""
        seconds = self.s_int(value)
        return times.formatted_seconds(seconds, pattern) if isinstance(seconds, int) and pattern is not None else None


def _in_lines(value: Value, width: int | None, padding: int | None, blank: str) -> Value:
    if width is None or padding is None or width <= 0 or padding < 0:
        return None
    return on_text(value, texts.lines_of, width, blank * padding)
