"""What the module ``kex`` offers to the configuration."""

from __future__ import annotations

from typing import Any, Final

from kahea.api import (
    Format,
    Int,
    Message,
    Module,
    NoParams,
    Request,
    RpcError,
    Run,
    Text,
    UriError,
    Var,
    function,
    parse_uri,
    pvar,
    rpc,
    script_flags,
    set_script_flags,
)

from kahea_kex import statistics
from kahea_kex.identifiers import UniqueIds

FLAGS: Final = 32


class Kex(Module[NoParams]):
    """Extensions of the core: flags of scripts and branches, the destination URI, the log level, statistics."""

    def mod_init(self) -> None:
        """Count messages from now on."""
        counter = statistics.MessageCounter(self.core.counters)
        self.core.add_request_callback(counter.count_request)
        self.core.add_reply_callback(counter.count_reply)

    def child_init(self, housekeeper: bool) -> None:
        """Begin to number identifiers."""
        self._ids = UniqueIds(self.core.settings.server_id, self.core.clock.time())

    # --- script flags

    @function()
    def setsflag(self, msg: Message, flag: Int) -> bool:
        """Set a flag of the script, which is forgotten with the message.

        Args:
            flag: 0 to 31.

        Returns:
            true; false for another number.

        Example:
            setsflag("1");
        """
        return self._change_script_flag(msg, flag, True)

    @function()
    def resetsflag(self, msg: Message, flag: Int) -> bool:
        """Reset a flag of the script.

        Args:
            flag: 0 to 31.

        Returns:
            true; false for another number.

        Example:
            resetsflag("1");
        """
        return self._change_script_flag(msg, flag, False)

    @function()
    def issflagset(self, msg: Message, flag: Int) -> bool:
        r"""Check whether a flag of the script is set.

        Args:
            flag: 0 to 31.

        Returns:
            true when it is.

        Example:
            if (issflagset("1")) { xlog("set\n"); }
        """
        return 0 <= flag < FLAGS and bool(script_flags(msg) >> flag & 1)

    def _change_script_flag(self, msg: Message, flag: int, value: bool) -> bool:
        if not 0 <= flag < FLAGS:
            return False
        set_script_flags(msg, _with_flag(script_flags(msg), flag, value))
        return True

    # --- branch flags

    @function()
    def setbflag(self, msg: Message, flag: Int, branch: Int = 0) -> bool:
        """Set a flag of a branch.

        Args:
            flag: 0 to 31.
            branch: 0 is the branch of the Request-URI, 1 the first that was added to it.

        Returns:
            true; false for another flag, or when there is no such branch.

        Example:
            setbflag("6");
        """
        return _change_branch_flag(msg, flag, branch, True)

    @function()
    def resetbflag(self, msg: Message, flag: Int, branch: Int = 0) -> bool:
        """Reset a flag of a branch.

        Args:
            flag: 0 to 31.
            branch: as for `setbflag`.

        Returns:
            true; false for another flag, or when there is no such branch.

        Example:
            resetbflag("6", "1");
        """
        return _change_branch_flag(msg, flag, branch, False)

    @function()
    def isbflagset(self, msg: Message, flag: Int, branch: Int = 0) -> bool:
        r"""Check whether a flag of a branch is set.

        Args:
            flag: 0 to 31.
            branch: as for `setbflag`.

        Returns:
            true when it is.

        Example:
            if (isbflagset("6")) { xlog("NAT\n"); }
        """
        if not 0 <= flag < FLAGS:
            return False
        if branch == 0:
            return bool(msg.bflags >> flag & 1)
        found = _branch(msg, branch)
        return found is not None and bool(found.flags >> flag & 1)

    # --- destination URI

    @function()
    def setdsturi(self, msg: Message, uri: Text) -> bool:
        """Set the destination URI, `$du`: the request is sent there, whatever its Request-URI.

        Args:
            uri: a SIP URI.

        Returns:
            true; false for a reply.

        Example:
            setdsturi("sip:192.0.2.1:5080");
        """
        if not isinstance(msg, Request):
            return False
        msg.dst_uri = uri or None
        return True

    @function()
    def resetdsturi(self, msg: Message) -> bool:
        """Remove the destination URI: the Request-URI decides where the request is sent.

        Returns:
            true.

        Example:
            resetdsturi();
        """
        if isinstance(msg, Request):
            msg.dst_uri = None
        return True

    @function()
    def isdsturiset(self, msg: Message) -> bool:
        r"""Check whether there is a destination URI.

        Returns:
            true when there is one.

        Example:
            if (isdsturiset()) { xlog("to $du\n"); }
        """
        return isinstance(msg, Request) and bool(msg.dst_uri)

    # --- what is ours

    @function()
    def is_myself(self, msg: Message, uri: Text) -> bool:
        r"""Check whether a URI or host is this server: a listen address or an alias.

        Args:
            uri: a SIP URI, whose port and transport count where it has them; or a host.

        Returns:
            true when it is; false also when the URI is malformed.

        Example:
            if (is_myself("$fu")) { xlog("from a user of ours\n"); }
        """
        return self._is_ours(uri, host_only=False)

    @function()
    def is_myhost(self, msg: Message, uri: Text) -> bool:
        r"""Check whether the host of a URI, or a host, is this server, whatever the port and the transport.

        Args:
            uri: a SIP URI, or a host.

        Returns:
            true when it is; false also when the URI is malformed.

        Example:
            if (is_myhost("$ru")) { xlog("for us\n"); }
        """
        return self._is_ours(uri, host_only=True)

    def _is_ours(self, text: str, *, host_only: bool) -> bool:
        if not text.startswith(("sip:", "sips:")):
            return bool(text) and self.core.is_myself(text)
        try:
            uri = parse_uri(text)
        except UriError as error:
            self.core.log.error(f"the URI {text} is malformed: {error}", self.name)
            return False
        if host_only:
            return self.core.is_myself(uri.host)
        return self.core.is_myself(uri.host, uri.port, uri.transport or None)

    # --- values

    @function(aliases=("avp_printf",))
    def pv_printf(self, run: Run, variable: Var, text: Format) -> bool:
        """Assign a text with pseudo-variables.

        Args:
            variable: pseudo-variable that gets it.
            text: the text.

        Returns:
            true.

        Example:
            pv_printf("$var(key)", "$rm-$ci");
        """
        variable.set(run, text(run))
        return True

    @pvar("sruid")
    def sruid(self, msg: Message) -> str:
        """An identifier that no other server and no other worker makes, another one each time."""
        return self._ids.next()

    # --- log level

    @function()
    def setdebug(self, msg: Message, level: Int) -> bool:
        """Set the log level of this worker, in place of the parameter `debug`.

        Args:
            level: -5 to 4.

        Returns:
            true.

        Example:
            if ($si == "192.0.2.1") { setdebug("3"); }
        """
        self.core.log.level = level
        return True

    @function()
    def resetdebug(self, msg: Message) -> bool:
        """Set the log level of this worker to the parameter `debug` again.

        Returns:
            true.

        Example:
            resetdebug();
        """
        self.core.log.level = self.core.settings.debug
        return True

    # --- statistics

    @rpc("stats.get_statistics")
    def get_statistics(self, *names: str) -> list[str]:
        """Tell statistics, a line for each: `all`, a group as `core:`, or one as `rcv_requests`."""
        return [f"{statistics.shown_name(name)} = {value}" for name, value in self._chosen(names).items()]

    @rpc("stats.fetch")
    def fetch(self, *names: str) -> dict[str, str]:
        """Tell statistics as text by their names; arguments as for `stats.get_statistics`."""
        return {name: str(value) for name, value in self._chosen(names).items()}

    @rpc("stats.fetchn")
    def fetchn(self, *names: str) -> dict[str, int]:
        """Tell statistics as numbers by their names; arguments as for `stats.get_statistics`."""
        return self._chosen(names)

    @rpc("stats.reset_statistics")
    def reset_statistics(self, *names: str) -> None:
        """Set statistics to 0; arguments as for `stats.get_statistics`."""
        self._clear(names)

    @rpc("stats.clear_statistics")
    def clear_statistics(self, *names: str) -> list[str]:
        """Set statistics to 0 and tell what they were; arguments as for `stats.get_statistics`."""
        cleared = self._clear(names)
        return [
            f"{statistics.shown_name(name)} = {after}" + (f" ({before})" if before != after else "")
            for name, (before, after) in cleared.items()
        ]

    def _chosen(self, names: tuple[str, ...]) -> dict[str, int]:
        if not names:
            raise RpcError(400, "Please provide which stats to retrieve")
        known = self.core.statistics
        return {name: known.get(name) for name in statistics.chosen(known, names)}

    def _clear(self, names: tuple[str, ...]) -> dict[str, tuple[int, int]]:
        """Set statistics to 0 and return their values before and after; computed ones cannot be set."""
        if not names:
            raise RpcError(400, "Please provide stats name")
        known = self.core.statistics
        cleared = {}
        for name in statistics.chosen(known, names):
            before = known.get(name)
            known.reset(name)
            cleared[name] = before, known.get(name)
        return cleared


def _with_flag(flags: int, flag: int, value: bool) -> int:
    return flags | 1 << flag if value else flags & ~(1 << flag)


def _branch(msg: Message, number: int) -> Any:
    """Return what has the flags of a branch, ``None`` when there is no such branch."""
    if isinstance(msg, Request) and 0 < number <= len(msg.branches):
        return msg.branches[number - 1]
    return None


def _change_branch_flag(msg: Message, flag: int, branch: int, value: bool) -> bool:
    if not 0 <= flag < FLAGS:
        return False
    if branch == 0:
        msg.bflags = _with_flag(msg.bflags, flag, value)
        return True
    found = _branch(msg, branch)
    if found is None:
        return False
    found.flags = _with_flag(found.flags, flag, value)
    return True
