"""Charging vectors."""

from __future__ import annotations

from tests.oracle.module_case import Case

_PARTS = " ".join(f'xlog("L_NOTICE", "[$pcv({key})]\\n");' for key in ("all", "value", "genaddr", "orig", "term"))
_FULL = (("P-Charging-Vector", 'icid-value=abc123;icid-generated-at=192.0.2.1;orig-ioi=one.example;term-ioi="two"'),)

SIPUTILS: dict[str, Case] = {
    "pcv_parts": Case(_PARTS, headers=_FULL),
}
