"""Edits of a message's head."""

from __future__ import annotations

from kahea.sip.edits import EditList


def test_empty_list_changes_nothing() -> None:
    """Without edits the head stays, and the list is false."""
    edits = EditList()
    assert not edits
    assert edits.apply("abc") == "abc"


def test_each_kind() -> None:
    """Insertions, deletions and replacements take effect at their places, in any order of making."""
    edits = EditList()
    edits.delete(6, 2)
    edits.insert_after(0, "<")
    edits.replace(3, 1, "X")
    edits.insert_after(10, ">")
    assert len(edits) == 4
    assert edits.apply("0123456789") == "<012X4589>"


def test_same_place() -> None:
    """At one place, insertions keep the order of making, but insert_before goes in front."""
    edits = EditList()
    edits.insert_after(1, "b")
    edits.insert_after(1, "c")
    edits.insert_before(1, "a")
    edits.insert_before(1, "-")
    edits.delete(1, 1)
    edits.insert_after(1, "d")
    assert edits.apply("0123") == "0-abcd23"


def test_overlapping_deletions() -> None:
    """The union of overlapping deletions goes; an insertion inside deleted text stays."""
    edits = EditList()
    edits.delete(1, 4)
    edits.delete(2, 1)
    edits.delete(4, 3)
    edits.insert_after(3, "x")
    assert edits.apply("0123456789") == "0x789"


def test_functions_of_the_branch() -> None:
    """A function among the inserts is given the branch."""
    edits = EditList()
    edits.insert_after(0, lambda branch: f"[{branch}]")
    assert edits.apply("a", "one") == "[one]a"
    assert edits.apply("a", "two") == "[two]a"


def test_further_lists() -> None:
    """Lists made later apply to the same head; at the same place theirs follow."""
    first, second, third = EditList(), EditList(), EditList()
    third.insert_before(1, "3")
    second.insert_after(1, "2")
    second.delete(0, 1)
    first.insert_after(1, "1")
    assert first.apply("ab", None, second, third) == "123b"


def test_copy_is_independent() -> None:
    """A copy has the same edits and does not share later ones."""
    edits = EditList()
    edits.insert_after(0, "a")
    edits.body = b"x"
    copy = edits.copy()
    copy.insert_before(0, "b")
    copy.body = None
    assert (edits.apply("-"), copy.apply("-")) == ("a-", "ba-")
    assert edits.body == b"x"


def test_a_new_body_alone_counts() -> None:
    """A list that only changes the body is true."""
    edits = EditList()
    edits.body = b""
    assert edits


def test_changes_of_a_body_add_up() -> None:
    """Each change is made to the received body; a further one joins those before it."""
    edits = EditList()
    received = b"one \xff two"
    edits.edit_body(received, [(0, 3, "1")])
    edits.edit_body(received, [(6, 9, "2"), (6, 6, "<")])

    assert edits.body == b"1 \xff 2<"
    assert edits.copy().body == edits.body


def test_a_new_body_replaces_the_changes() -> None:
    """A body that is set replaces the received one and its changes; those made later join it."""
    edits = EditList()
    edits.edit_body(b"abc", [(0, 1, "x")])
    edits.set_body(b"abc", b"new")
    assert edits.body == b"new"

    edits.edit_body(b"abc", [(3, 3, "!")])
    assert edits.body == b"new!"


def test_changes_of_another_body_start_afresh() -> None:
    """Changes of a message that was built anew, or of a body set as bytes, are not mixed with others."""
    edits = EditList()
    edits.edit_body(b"abc", [(0, 1, "x")])
    edits.edit_body(b"xbc", [(2, 3, "z")])
    assert edits.body == b"xbz"

    edits.body = b"plain"
    edits.edit_body(b"abc", [(0, 1, "y")])
    assert edits.body == b"ybc"


def test_an_insert_is_exchanged_in_one_copy_only() -> None:
    """An insert found among `inserts` gives way to another one or to nothing; copies of the list keep theirs."""
    edits = EditList()
    edits.delete(0, 1)
    edits.insert_after(1, "b")
    edits.insert_after(1, "c")
    copied = edits.copy()

    first, second = edits.inserts
    edits.exchange(first, "X")
    edits.exchange(second, None)
    edits.exchange("nowhere", "Y")

    assert edits.apply("ad") == "Xd"
    assert copied.apply("ad") == "bcd"


def test_an_unsettled_insert_is_known() -> None:
    """A list tells whether an insert waits for the branch; functions that do not say so do not."""

    class Later:
        unsettled = True

        def __call__(self, branch: object) -> str:
            return str(branch)

    edits = EditList()
    edits.insert_after(0, lambda branch: "now")
    before = edits.unsettled
    edits.insert_after(0, Later())

    assert not before
    assert edits.unsettled
    assert edits.apply("", "branch") == "nowbranch"
