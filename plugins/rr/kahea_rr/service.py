"""What other modules may ask of this one."""

from __future__ import annotations

from collections.abc import Callable

from kahea.api import RecordRouteService, Request

from kahea_rr.loose import LooseRouter
from kahea_rr.recording import Recorder


class RouteRecords:
    """The `kahea.api.RecordRouteService` of this module.

    Args:
        recorder: adds Record-Route.
        router: follows Route.
        append_fromtag: whether Record-Route tells the caller's tag.
    """

    def __init__(self, recorder: Recorder, router: LooseRouter, append_fromtag: bool) -> None:
        self._recorder = recorder
        self._router = router
        self._append_fromtag = append_fromtag

    @property
    def append_fromtag(self) -> bool:
        """Whether Record-Route tells the caller's tag."""
        return self._append_fromtag

    def add_rr_param(self, msg: Request, param: str) -> bool:
        """Add a URI parameter, with its semicolon, to the Record-Route that is or will be added."""
        return self._recorder.add_param(msg, param)

    def get_route_param(self, msg: Request, name: str) -> str | None:
        """Return a parameter of the own URI in Route, ``None`` for one that is not there."""
        return self._router.param(msg, name)

    def is_upstream(self, msg: Request) -> bool:
        """Whether the request comes from the callee of its dialog."""
        return self._router.is_upstream(msg)

    def on_loose_route(self, callback: Callable[[Request, str], None]) -> None:
        """Call *callback* with the parameters of our URI when a request followed a Route to this server."""
        self._router.callbacks += (callback,)


_: type[RecordRouteService] = RouteRecords
