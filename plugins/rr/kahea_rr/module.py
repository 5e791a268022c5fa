"""What the module ``rr`` offers to the configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from kahea.api import (
    Access,
    Binder,
    Core,
    Int,
    Kind,
    Message,
    Mode,
    Module,
    Params,
    PvHandle,
    PvSpec,
    RecordRouteService,
    Regex,
    Request,
    Result,
    Route,
    Run,
    Text,
    Value,
    function,
    pvar,
    pvar_syntax,
)
from msgspec import Meta

from kahea_rr.loose import PRELOADED, LooseRouter
from kahea_rr.recording import Recorder
from kahea_rr.routeset import MalformedRouteError, route_fields
from kahea_rr.service import RouteRecords
from kahea_rr.state import state_of

RECORDING: Final = Route.REQUEST | Route.BRANCH | Route.FAILURE

_DOWNSTREAM: Final = 1
_UPSTREAM: Final = 2


class DirectionKind(Kind):
    """``downstream`` or ``upstream``; the function gets whether it is the second."""

    mode = Mode.RAW
    label = "direction"

    def dynamic(self, value: Value) -> bool:
        """Return whether the text is ``upstream``."""
        word = str(value).lower()
        if word not in ("downstream", "upstream"):
            raise ValueError(f'a direction is "downstream" or "upstream", not "{value}"')
        return word == "upstream"


class RrParams(Params):
    """Parameters of the module ``rr``."""

    enable_full_lr: Annotated[
        int, Meta(description="Write `;lr=on` instead of `;lr`, for clients that drop a parameter without a value.")
    ] = 0
    append_fromtag: Annotated[
        int, Meta(description="Write the caller's tag as `ftag`; `is_direction` and `$rdir` need it.")
    ] = 1
    enable_double_rr: Annotated[
        int,
        Meta(
            description="Two Record-Route: 0 never, 1 where the request leaves by another socket than it came in on, "
            "2 always.",
            ge=0,
            le=2,
        ),
    ] = 1
    add_username: Annotated[int, Meta(description="Write a user: that of the Request-URI, or `custom_user_avp`.")] = 0
    enable_socket_mismatch_warning: Annotated[
        int, Meta(description="Log when the second of two own Route names no socket of this server.")
    ] = 1
    custom_user_avp: Annotated[
        str | None, Meta(description="The `$avp(...)` that holds the user, with `add_username`.")
    ] = None
    force_send_socket: Annotated[
        int, Meta(description="Send from the socket that the own Route names even where there is only one.")
    ] = 0
    ignore_sips: Annotated[int, Meta(description="Write `sip:` even where the Request-URI begins with `sips:`.")] = 0
    sockname_mode: Annotated[
        int, Meta(description="Write the name of the socket as `sn`, and find the socket by it in Route.")
    ] = 0
    loose_route_mode: Annotated[
        int, Meta(description="Mode of `loose_route`, as the argument of the function `loose_route_mode`.")
    ] = 0


class Rr(Module[RrParams]):
    """Record-Route and Route: stay in the path of a dialog, and follow the path that a request brings (RFC 3261 16).

    What `record_route` writes depends on the socket that each branch leaves by, so it is settled when the message is
    sent.
    """

    def __init__(self, name: str, params: RrParams, core: Core) -> None:
        super().__init__(name, params, core)
        self.router = LooseRouter(
            core,
            double=bool(params.enable_double_rr),
            force_socket=bool(params.force_send_socket),
            warn=bool(params.enable_socket_mismatch_warning),
            socket_names=bool(params.sockname_mode),
        )
        self.recorder = Recorder(
            core,
            double=params.enable_double_rr,
            full_lr=bool(params.enable_full_lr),
            append_fromtag=bool(params.append_fromtag),
            add_username=bool(params.add_username),
            ignore_sips=bool(params.ignore_sips),
            socket_names=bool(params.sockname_mode),
            is_upstream=self.router.is_upstream,
        )
        self._custom_user: Callable[[Run], Value] | None = None

    def bind_params(self, binder: Callable[[str], Binder]) -> None:
        """Compile `custom_user_avp`."""
        text = self.params.custom_user_avp
        if text is not None:
            if not text.startswith(("$avp(", "$(avp(")):
                raise ValueError(f'custom_user_avp is an "$avp(name)", not "{text}"')
            self._custom_user = binder("custom_user_avp").value(text)

    def mod_init(self) -> None:
        """Serve other modules."""
        self.router.start(self.core)
        self.recorder.start(self.core)
        service = RouteRecords(self.recorder, self.router, bool(self.params.append_fromtag))
        self.core.services.provide(RecordRouteService, service)

    def child_init(self, housekeeper: bool) -> None:
        """Take what the worker has."""
        self.router.start(self.core)
        self.recorder.start(self.core)

    # --- following Route ---------------------------------------------------------------------------

    @function(routes=Route.REQUEST)
    def loose_route(self, msg: Request) -> Result:
        """Follow the route set of the request: `$du` becomes the next hop, and our own URIs are removed from it.

        Previous and next hops that are strict routers get what they need.

        Returns:
            1 when the next hop was found, -1 without a Route or with a malformed one; -3 when the request is outside of
            a dialog and its route set ends here.

        Example:
            if (has_totag() && loose_route()) {
                forward();
                exit;
            }
        """
        return self.router.route(msg, self.params.loose_route_mode)

    @function(routes=Route.REQUEST)
    def loose_route_mode(self, msg: Request, mode: Int) -> Result:
        """Follow the route set as `loose_route` does, in a mode.

        Args:
            mode: 1 never takes the previous hop for a strict router, for servers whose Contact is this proxy's
                address; 2 does not look at flow tokens (RFC 5626); 3 both.

        Returns:
            As `loose_route`.

        Example:
            if (loose_route_mode("1")) forward();
        """
        return self.router.route(msg, mode)

    @function(routes=Route.REQUEST)
    def loose_route_preloaded(self, msg: Request) -> bool:
        """Follow the route set of a request outside of a dialog that ends at this server.

        Returns:
            True where `loose_route` gives -3, false otherwise.

        Example:
            if (!loose_route_preloaded()) exit;
        """
        return self.router.route(msg, 0) == PRELOADED

    @function()
    def rr_next_hop_route(self, msg: Message) -> bool:
        """Whether `loose_route` took the next hop from a Route behind our own.

        Example:
            if (rr_next_hop_route()) forward();
        """
        return state_of(msg).followed

    @function(routes=Route.REQUEST)
    def check_route_param(self, msg: Request, pattern: Regex) -> bool:
        """Whether the parameters of our own URI in Route match a regular expression.

        They are what this server put into Record-Route when the dialog began.

        Args:
            pattern: POSIX extended; it sees the parameters with their semicolons.

        Example:
            if (loose_route() && check_route_param("nat=yes")) setflag(5);
        """
        params = self.router.params_of(msg)
        return params is not None and pattern.search(f";{params}") is not None

    @function(routes=Route.REQUEST)
    def is_direction(self, msg: Request, direction: Annotated[bool, DirectionKind()]) -> bool:
        """Whether the request goes in a direction, as told by the tag that `append_fromtag` put into the route set.

        Args:
            direction: `downstream`, from caller to callee, or `upstream`. Where nothing tells it is downstream.

        Example:
            if (is_direction("upstream")) exit;
        """
        return self.router.is_upstream(msg) is direction

    @is_direction.when_constant
    def _is_direction_prepared(self, direction: bool) -> Callable[[Request], bool]:
        if not self.params.append_fromtag:
            raise ValueError("is_direction() needs the parameter append_fromtag of rr")
        is_upstream = self.router.is_upstream
        return lambda msg: is_upstream(msg) is direction

    # --- adding Record-Route -----------------------------------------------------------------------

    @function(routes=RECORDING)
    def record_route(self, run: Run, params: Text = "") -> bool:
        """Add Record-Route with our address, so that later requests of the dialog come this way.

        Where the request leaves by another socket than it came in on, there are two, that of the outgoing socket on
        top. In a dialog call it behind `loose_route`, so that the direction is known.

        Args:
            params: more URI parameters, each with its semicolon.

        Returns:
            False when it was done already, other than in a branch route.

        Example:
            record_route();
            record_route(";nat=yes");
        """
        return self.recorder.record(_request(run), params, self._user(run), run.kind is not Route.BRANCH)

    @function(routes=RECORDING)
    def record_route_preset(self, run: Run, address: Text, second: Text | None = None) -> bool:
        """Add Record-Route with text of your own.

        Args:
            address: host, port and parameters of the URI; `lr` is added.
            second: the same for a second header, below the first.

        Returns:
            False when it was done already, or for two without `enable_double_rr`.

        Example:
            record_route_preset("192.0.2.1:5070;transport=tcp");
            record_route_preset("192.0.2.1:5070", "198.51.100.1:5070");
        """
        msg = _request(run)
        return self.recorder.record_preset(msg, address, second, self._user(run), run.kind is not Route.BRANCH)

    @function(routes=RECORDING)
    def record_route_advertised_address(self, run: Run, address: Text) -> bool:
        """Add Record-Route with an address of your own; two with their transports where the transport changes.

        Args:
            address: host and port of the URI.

        Returns:
            False when it was done already.

        Example:
            record_route_advertised_address("192.0.2.1:5080");
        """
        return self.recorder.record_advertised(_request(run), address, self._user(run), run.kind is not Route.BRANCH)

    @function(routes=RECORDING)
    def add_rr_param(self, msg: Request, param: Text) -> bool:
        """Add a URI parameter to Record-Route, whether that was added already or will be.

        Args:
            param: with its semicolon.

        Returns:
            False when there is no room, or only one preset Record-Route with `enable_double_rr`.

        Example:
            add_rr_param(";nat=yes");
        """
        return self.recorder.add_param(msg, param)

    @function(routes=Route.REQUEST | Route.FAILURE)
    def remove_record_route(self, msg: Request) -> bool:
        """Take back the Record-Route that was added to the request.

        Returns:
            True.

        Example:
            remove_record_route();
        """
        self.recorder.remove(msg)
        return True

    # --- pseudo-variables --------------------------------------------------------------------------

    @pvar("route_uri")
    def route_uri(self, msg: Message) -> str | None:
        """The URI of the first Route, as received."""
        fields = route_fields(msg)
        try:
            return fields[0].elements[0].uri if fields else None
        except MalformedRouteError:
            return None

    @pvar("fti")
    def from_tag_initial(self, msg: Message) -> str | None:
        """The tag of the dialog's caller: that of From, or of To where the callee sent the request."""
        caller = msg.to if self.router.is_upstream(msg) else msg.from_
        return None if caller is None else caller.tag or None

    @pvar("tti")
    def to_tag_initial(self, msg: Message) -> str | None:
        """The tag of the dialog's callee: that of To, or of From where the callee sent the request."""
        callee = msg.from_ if self.router.is_upstream(msg) else msg.to
        return None if callee is None else callee.tag or None

    @pvar_syntax("rdir")
    def direction(self, spec: PvSpec, binder: Binder) -> PvHandle:
        """The direction of the request: `$rdir(name)` is `downstream` or `upstream`, `$rdir(id)` 1 or 2."""
        is_upstream = self.router.is_upstream
        if spec.inner == "id":
            return Access(
                "$rdir(id)", lambda run: _UPSTREAM if is_upstream(run.msg) else _DOWNSTREAM, types=frozenset((int,))
            )
        if spec.inner == "name":
            return Access(
                "$rdir(name)",
                lambda run: "upstream" if is_upstream(run.msg) else "downstream",
                types=frozenset((str,)),
            )
        raise ValueError("write $rdir(id) or $rdir(name)")

    def _user(self, run: Run) -> str | None:
        """Return the user that `custom_user_avp` holds, ``None`` for that of the Request-URI."""
        if self._custom_user is None:
            return None
        value = self._custom_user(run)
        return None if value is None or value == "" else str(value)


def _request(run: Run) -> Request:
    msg = run.msg
    if not isinstance(msg, Request):
        raise ValueError("Record-Route is for requests")
    return msg
