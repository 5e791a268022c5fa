"""Documents; how they are written was seen with Kamailio 5.6.3."""

from __future__ import annotations

import json
from typing import Any

import pytest
from kahea_jsonrpcs.documents import Splitter, to_text


def test_members_are_indented_by_tabs() -> None:
    """An object has a line for each member, an array none of its own, but its objects stand one step further in."""
    value = {"result": [{"IDX": 0, "DSC": "main"}, {"IDX": 1, "DSC": "timer"}], "empty": {}, "none": [], "id": 1}

    assert to_text(value, pretty=True) == (
        '{\n\t"result":\t[{\n\t\t\t"IDX":\t0,\n\t\t\t"DSC":\t"main"\n\t\t}, '
        '{\n\t\t\t"IDX":\t1,\n\t\t\t"DSC":\t"timer"\n\t\t}],'
        '\n\t"empty":\t{\n\t},\n\t"none":\t[],\n\t"id":\t1\n}'
    )


def test_without_indentation() -> None:
    """The other shape has no blanks at all."""
    assert to_text({"a": [1, {"b": None}], "c": {}}, pretty=False) == '{"a":[1,{"b":null}],"c":{}}'


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.500000"),
        (2.0, "2"),
        (True, "true"),
        (None, "null"),
        (float("nan"), "null"),
        ('"\\/\n\té\x01', '"\\"\\\\/\\n\\té\\u0001"'),
        (b"bytes", '"bytes"'),
    ],
)
def test_scalars(value: Any, text: str) -> None:
    """Numbers have six decimals or none; text keeps its letters and slashes."""
    assert to_text(value, pretty=True) == text


def test_bytes_that_are_no_text_are_escaped() -> None:
    """What a message holds that is no UTF-8 does not make the document none."""
    text = to_text({"header": b"caf\xe9".decode("utf-8", "surrogateescape")}, pretty=False)

    assert json.loads(text.encode())["header"] == "caf\udce9"


@pytest.mark.parametrize("pretty", [True, False])
def test_what_cannot_be_written_is_refused(pretty: bool) -> None:
    """Endless nesting, and objects of Python."""
    endless: list[Any] = []
    endless.append(endless)

    with pytest.raises(ValueError, match="deeply"):
        to_text(endless, pretty=pretty)
    with pytest.raises(TypeError):
        to_text({"a": object()}, pretty=pretty)


def test_objects_are_cut_out_of_a_stream() -> None:
    """They may come in pieces, follow each other, and hold braces in texts; what stands between is passed over."""
    splitter = Splitter(100)

    assert splitter.feed(b' }{"a": "}{\\"}"') == []
    assert splitter.is_within
    assert splitter.feed(b'} x \n{"b": {}}{') == [b'{"a": "}{\\"}"}', b'{"b": {}}']
    assert splitter.is_within


def test_an_object_that_does_not_end_is_dropped() -> None:
    """At its limit the next one is looked for."""
    splitter = Splitter(10)

    assert splitter.feed(b'{"a": "aaaaaaaaaaaaaaaaaaaaaa{"b":1}') == [b'{"b":1}']
