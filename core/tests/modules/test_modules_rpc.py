"""Parameters of RPC commands as their annotations want them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kahea.modules.rpc import Rpc, RpcError, fit_parameters


def texts(*names: str) -> None:
    """Take any number of texts."""


def mixed(
    group: str, number: int = 1, factor: float = 1.0, rest: str | int | None = None, anything: Any = None
) -> None:
    """Take one of each."""


def maybe(name: str | None = None) -> None:
    """Take a text or nothing."""


def fit(call: Callable[..., Any], *params: Any, convert: bool = False) -> list[Any]:
    """Fit parameters to a command."""
    return fit_parameters(Rpc("test.test", call), params, convert=convert)


def test_what_fits_stays() -> None:
    """A whole number is a floating point one where that is wanted; what may be several things is not looked at."""
    assert fit(mixed, "a", 2, 3, 4, [5]) == ["a", 2, 3.0, 4, [5]]
    assert fit(mixed, "a", 2, 2.5, "x") == ["a", 2, 2.5, "x"]
    assert fit(texts) == []
    assert fit(maybe) == []
    assert fit(lambda value: value, 1) == [1]


@pytest.mark.parametrize(
    ("call", "params", "error"),
    [
        (mixed, (5,), "error at parameter 0: expected string type but record doesn't match type"),
        (mixed, ("a", "x"), "error at parameter 1: expected integer type but record doesn't match type"),
        (mixed, ("a", 1, "x"), "error at parameter 2: expected float type but record doesn't match type"),
        (mixed, (), "error at parameter 0: expected string type but end of packet encountered"),
        (texts, ("a", 5), "error at parameter 1: expected string type but record doesn't match type"),
        (maybe, (5,), "error at parameter 0: expected string type but record doesn't match type"),
    ],
)
def test_what_does_not_fit_is_refused(call: Callable[..., Any], params: tuple[Any, ...], error: str) -> None:
    """The words are those of Kamailio's ctl, seen with 5.6.3."""
    with pytest.raises(RpcError) as caught:
        fit(call, *params)

    assert (caught.value.code, caught.value.reason) == (400, error)


def test_numbers_and_texts_are_converted() -> None:
    """With conversion only what cannot be converted is refused."""
    assert fit(mixed, 5, "7", "1.5", convert=True) == ["5", 7, 1.5]
    assert fit(maybe, True, convert=True) == ["True"]
    refused: list[tuple[Any, ...]] = [("a", "x"), (None,), ([],), ("a", {})]
    for params in refused:
        with pytest.raises(RpcError):
            fit(mixed, *params, convert=True)
