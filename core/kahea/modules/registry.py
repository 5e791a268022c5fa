"""What the loaded modules offer together, and the look-up rules of Kamailio."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from kahea.modules.declare import EventRoute, Function, PseudoVariable, Transformation
from kahea.modules.routes import Route
from kahea.modules.rpc import Rpc

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Offer(Generic[T]):
    """A declaration and the module that made it."""

    declaration: T
    module: str


class Registry:
    """Functions, pseudo-variables, transformations, event routes and RPC commands by name."""

    def __init__(self) -> None:
        self.functions: dict[str, list[Offer[Function]]] = {}
        self.pseudo_variables: dict[str, Offer[PseudoVariable]] = {}
        self.transformations: dict[str, Offer[Transformation]] = {}
        self.event_routes: list[Offer[EventRoute]] = []
        self.rpc: dict[str, Offer[Rpc]] = {}

    def add(
        self,
        module: str,
        *,
        functions: Iterable[Function] = (),
        pseudo_variables: Iterable[PseudoVariable] = (),
        transformations: Iterable[Transformation] = (),
        event_routes: Iterable[EventRoute] = (),
        rpc: Iterable[Rpc] = (),
    ) -> Iterator[tuple[str, str]]:
        """Add what a module offers; the last loaded module wins.

        Yields:
            (name, module that offered it before) for each function that now hides one of another module.
        """
        for function in functions:
            offers = self.functions.setdefault(function.name, [])
            for offer in offers:
                if offer.module != module and set(offer.declaration.arities) & set(function.arities):
                    yield function.name, offer.module
            offers.insert(0, Offer(function, module))
        for variable in pseudo_variables:
            self.pseudo_variables[variable.name] = Offer(variable, module)
        for transformation in transformations:
            self.transformations[transformation.name] = Offer(transformation, module)
        for event_route in event_routes:
            self.event_routes.append(Offer(event_route, module))
        for command in rpc:
            self.rpc[command.name] = Offer(command, module)

    def find_function(self, name: str, arity: int, routes: Route) -> Offer[Function] | None:
        """Return what a call of *name* with *arity* arguments means in a block of kind *routes*.

        Name, number of arguments and all route kinds must match; the most recently loaded module wins
        (Kamailio: find_export). In an event route, what may be called in a request route may be called too.
        """
        for offer in self.functions.get(name, ()):
            allowed = offer.declaration.routes
            if Route.REQUEST in allowed:
                allowed |= Route.EVENT
            if arity in offer.declaration.arities and routes in allowed:
                return offer
        return None

    def find_event_route(self, name: str) -> Offer[EventRoute] | None:
        """Return the declaration that covers an event route's name."""
        for offer in self.event_routes:
            declared = offer.declaration.name
            if declared == name or (declared.endswith("*") and name.startswith(declared[:-1])):
                return offer
        return None
