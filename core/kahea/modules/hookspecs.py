"""The hooks of a module, as pluggy specifications.

`kahea.modules.module.Module` implements the declaring hooks from its decorated methods; a plugin may
implement any of them itself with ``hookimpl``. Script functions are bound once by the compiler, so no
hook is called on the path of a message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from kahea.modules.binding import Binder
    from kahea.modules.core import Core
    from kahea.modules.declare import EventRoute, Function, PseudoVariable, Transformation
    from kahea.modules.module import Params
    from kahea.modules.rpc import Rpc

hookspec = pluggy.HookspecMarker("kahea")
hookimpl = pluggy.HookimplMarker("kahea")


@hookspec
def kahea_functions() -> Sequence[Function]:  # type: ignore[empty-body]
    """Return the functions that the module adds to the language; called once, before routes are compiled."""


@hookspec
def kahea_modparams() -> type[Params]:  # type: ignore[empty-body]
    """Return the Struct whose fields are the module's parameters; called before any ``modparam`` is applied."""


@hookspec
def kahea_pseudo_variables() -> Sequence[PseudoVariable]:  # type: ignore[empty-body]
    """Return the pseudo-variables that the module adds; called once, before routes are compiled."""


@hookspec
def kahea_transformations() -> Sequence[Transformation]:  # type: ignore[empty-body]
    """Return the transformations that the module adds; called once, before routes are compiled."""


@hookspec
def kahea_event_routes() -> Sequence[EventRoute]:  # type: ignore[empty-body]
    """Return the event routes that the module triggers, so that the checker knows their names."""


@hookspec
def kahea_rpc() -> Sequence[Rpc]:  # type: ignore[empty-body]
    """Return the RPC commands that the module answers."""


@hookspec
def kahea_bind_params(binder: Callable[[str], Binder]) -> None:
    """Compile the pseudo-variables in parameters: once, before routes are compiled; also when a file is only checked.

    Args:
        binder: of a parameter's name, makes what compiles parts of its value; mistakes are shown at its ``modparam``.

    A ``ValueError`` is a diagnostic at the parameter that was asked for last.
    """


@hookspec
def kahea_mod_init(core: Core) -> None:
    """Start the module: once, in the supervisor before it forks; not when a file is only checked.

    An exception stops the start of the server, with its text.
    """


@hookspec
def kahea_child_init(core: Core, housekeeper: bool) -> None:
    """Start the module in a worker, after the fork.

    Args:
        core: the worker's core: its timers and transport work.
        housekeeper: whether this worker does the jobs that only one process may do.
    """


@hookspec
def kahea_destroy(core: Core) -> None:
    """Stop the module in a process that ends in good order."""
