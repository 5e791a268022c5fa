"""Text as a string of bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from kahea_pv import texts

any_text = st.binary(max_size=40).map(texts.decode)
number = st.integers(-50, 50)


@given(any_text)
def test_length_counts_bytes(text: str) -> None:
    """The length is that of the bytes, whatever they are."""
    assert texts.length(text) == len(texts.encode(text))


@given(any_text, number, number)
def test_substr_cuts_bytes(text: str, offset: int, size: int) -> None:
    """A part has as many bytes as asked for, unless the text ends before; what is outside gives nothing."""
    data = texts.encode(text)
    start = offset if offset >= 0 else len(data) + offset

    found = texts.substr(text, offset, size)

    if size < 0 or not 0 <= start < len(data):
        assert found is None
    else:
        assert found is not None
        assert texts.encode(found) == data[start : start + size if size else None]


@given(any_text, number)
def test_strip_removes_bytes_at_one_end(text: str, count: int) -> None:
    """Stripping leaves the other end as it is; a count that is not positive leaves all."""
    data = texts.encode(text)
    removed = max(count, 0)

    assert texts.encode(texts.strip_front(text, count)) == data[removed:]
    assert texts.encode(texts.strip_back(text, count)) == data[: max(len(data) - removed, 0)]


@given(any_text)
def test_case_changes_ascii_letters_only(text: str) -> None:
    """Bytes above 127 keep their value in either case."""
    assert texts.encode(texts.lower(text)) == texts.encode(text).lower()
    assert texts.encode(texts.upper(text)) == texts.encode(text).upper()


@given(any_text.filter(lambda text: "\r" not in text), st.integers(1, 9))
def test_lines_hold_all_of_the_text(text: str, width: int) -> None:
    """Lines but the last have the width, and joined they are the text."""
    lines = [texts.encode(line) for line in texts.lines_of(text, width, "").split("\r\n")]

    assert b"".join(lines) == texts.encode(text)
    assert all(len(line) == width for line in lines[:-1])


def test_lines_after_the_first_are_padded() -> None:
    """Each line but the first begins with the padding."""
    assert texts.lines_of("abcdefg", 3, "  ") == "abc\r\n  def\r\n  g"


def test_folding_undone() -> None:
    """A fold becomes one blank, or nothing; a line end without blanks after it goes."""
    folded = "one\r\n  two\r\n\tthree\r\nfour"

    assert texts.unfold_to_blank(folded) == "one two threefour"
    assert texts.unfold(folded) == "onetwothreefour"


def test_last_occurrence() -> None:
    """The parts around the last separator; without one all is before it."""
    assert texts.before_last("a@b@c", "@") == "a@b"
    assert texts.after_last("a@b@c", "@") == "c"
    assert texts.before_last("abc", "@") == "abc"
    assert texts.after_last("abc", "@") == ""


def test_bytes_by_their_place() -> None:
    """A byte as text or number; nothing outside."""
    assert texts.char_at("abc", 1) == "b"
    assert texts.char_at("é", 1) == "\udca9"
    assert texts.char_at("abc", 3) == texts.char_at("abc", -1) == ""
    assert texts.byte_at("é", 0) == 0xC3
    assert texts.byte_at("abc", 3) == texts.byte_at("abc", -1) == -1


def test_selection_at_blanks() -> None:
    """Blanks, tabs and line ends separate, each by itself."""
    assert [texts.select_at_blank("a b\tc\n\nd", index) for index in (0, 1, 2, 3, 4, -1, 9)] == [
        *("a", "b", "c", "", "d", "d", "")
    ]


def test_numbers_of_sixty_four_bits() -> None:
    """Text is a number only with digits and a sign, within 64 bits."""
    assert texts.number("-9223372036854775808") == -(1 << 63)
    assert texts.number("9223372036854775808") is None
    assert texts.number("1" * 5000) is None
    assert texts.number("٣") is None
