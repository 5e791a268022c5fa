"""The base class of modules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, Generic, TypeVar, get_args

import msgspec

from kahea.modules.binding import Binder
from kahea.modules.core import Core
from kahea.modules.declare import Declarations, EventRoute, Function, PseudoVariable, Transformation
from kahea.modules.hookspecs import hookimpl
from kahea.modules.rpc import Rpc


class Params(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of a module's parameters: the fields are the names of ``modparam``, with types and defaults.

    A field of type ``list[...]`` collects repeated ``modparam`` lines. Describe a field with
    ``Annotated[int, msgspec.Meta(description="...")]``: it becomes the parameter's reference entry.
    """


RUNTIME: Final = {"runtime": True}
"""Marks a parameter that an operator may change while the server runs: ``Meta(description="...", extra=RUNTIME)``."""


class NoParams(Params):
    """A module without parameters."""


ParamsT = TypeVar("ParamsT", bound=Params)


class Module(Generic[ParamsT]):
    """A module: subclass it, name it in the entry point group ``kahea.modules``, and ``loadmodule`` finds it.

    Functions, pseudo-variables, transformations and RPC commands are methods with the decorators of
    `kahea.modules.declare`; parameters are the type argument, ``class Sl(Module[SlParams])``.

    Attributes:
        name: the name in ``loadmodule``: the entry point's.
        params: the parameters after all ``modparam`` lines.
        core: the server. While the file is read only its settings, log and services are of use.
        event_routes: event routes that the module triggers.
    """

    params_type: ClassVar[type[Params]] = NoParams
    event_routes: ClassVar[Sequence[EventRoute]] = ()

    params: ParamsT

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for base in getattr(cls, "__orig_bases__", ()):
            for argument in get_args(base):
                if isinstance(argument, type) and issubclass(argument, Params):
                    cls.params_type = argument

    def __init__(self, name: str, params: ParamsT, core: Core) -> None:
        self.name = name
        self.params = params
        self.core = core
        self._declarations: Declarations | None = None

    @property
    def declarations(self) -> Declarations:
        """What the decorated methods declare, collected once."""
        if self._declarations is None:
            self._declarations = Declarations.of(self)
        return self._declarations

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Compile the pseudo-variables in parameters, before any route is compiled. Override it.

        ``binder("prefix").format(self.params.prefix)`` makes a function of the run. A mistake, a ``ValueError`` from
        this method included, is a diagnostic at the parameter's ``modparam``.
        """

    def params_changed(self) -> None:
        """Take notice that `params` was replaced: an operator has changed one that is marked `RUNTIME`. Override it."""

    def mod_init(self) -> None:
        """Start the module: once, before the server forks. Override it."""

    def child_init(self, housekeeper: bool) -> None:
        """Start the module in a worker. Override it."""

    def destroy(self) -> None:
        """Stop the module in a process that ends. Override it."""

    @hookimpl
    def kahea_functions(self) -> Sequence[Function]:
        """Offer the methods declared with ``function``."""
        return self.declarations.functions

    @hookimpl
    def kahea_modparams(self) -> type[Params]:
        """Offer the parameters' Struct."""
        return self.params_type

    @hookimpl
    def kahea_pseudo_variables(self) -> Sequence[PseudoVariable]:
        """Offer the methods declared with ``pvar``."""
        return self.declarations.pseudo_variables

    @hookimpl
    def kahea_transformations(self) -> Sequence[Transformation]:
        """Offer the methods declared with ``transformation``."""
        return self.declarations.transformations

    @hookimpl
    def kahea_event_routes(self) -> Sequence[EventRoute]:
        """Offer `event_routes`."""
        return self.event_routes

    @hookimpl
    def kahea_rpc(self) -> Sequence[Rpc]:
        """Offer the methods declared with ``rpc``."""
        return self.declarations.rpc

    @hookimpl
    def kahea_bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Call `bind_params`."""
        self.bind_params(binder)

    @hookimpl
    def kahea_mod_init(self, core: Core) -> None:
        """Call `mod_init`."""
        self.core = core
        self.mod_init()

    @hookimpl
    def kahea_child_init(self, core: Core, housekeeper: bool) -> None:
        """Call `child_init`."""
        self.core = core
        self.child_init(housekeeper)

    @hookimpl
    def kahea_destroy(self, core: Core) -> None:
        """Call `destroy`."""
        self.core = core
        self.destroy()
