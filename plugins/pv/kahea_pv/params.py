"""The module's parameters."""

from __future__ import annotations

from typing import Annotated

from kahea.api import Params
from msgspec import Meta, field


class PvParams(Params):
    """Parameters of the module ``pv``."""

    varset: Annotated[
        list[str],
        Meta(description="Value that a $var has until it is assigned: `name=s:text` or `name=i:number`; repeatable."),
    ] = field(default_factory=list)
    shvset: Annotated[
        list[str],
        Meta(description="Value that a $shv has at first: `name=s:text` or `name=i:number`; repeatable."),
    ] = field(default_factory=list)
    avp_aliases: Annotated[
        list[str],
        Meta(description="Further names of AVPs: `alias=name`, several separated by `;`; repeatable."),
    ] = field(default_factory=list)
