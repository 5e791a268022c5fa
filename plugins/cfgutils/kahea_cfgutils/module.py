"""What the module ``cfgutils`` offers to the configuration."""

from __future__ import annotations

import asyncio
import os
import random
import resource
from collections.abc import Awaitable
from inspect import isawaitable
from typing import Annotated, Final

from kahea.api import (
    Core,
    Int,
    IntKind,
    Message,
    Module,
    Params,
    Result,
    Route,
    RouteNameKind,
    RpcError,
    Run,
    Table,
    Text,
    Waits,
    function,
    pvar,
    rpc,
)
from msgspec import Meta

from kahea_cfgutils import hashes
from kahea_cfgutils.locks import LocalLocks, Locks, SharedLocks, lock_key
from kahea_cfgutils.shared import FLAGS, Shared

PerCent = Annotated[int, IntKind(0, 100)]
MaybeRoute = Annotated[str, RouteNameKind(Route.REQUEST, must_exist=False)]
Flag = Annotated[int, IntKind(0, FLAGS - 1)]

_RANDOM_BITS: Final = 31
_MOST_BITS: Final = 31


class CfgutilsParams(Params):
    """Parameters of the module ``cfgutils``."""

    initial_probability: Annotated[
        int, Meta(description="Probability of `rand_event` at the start, in per cent.", ge=0, le=100)
    ] = 10
    initial_gflags: Annotated[int, Meta(description="Global flags at the start, bit by bit.", ge=0)] = 0
    hash_file: Annotated[str | None, Meta(description="File whose changes `cfgutils.check_config_hash` finds.")] = None
    lock_set_size: Annotated[
        int, Meta(description="More than 0 allows the lock functions; there are as many locks as names.", ge=0)
    ] = 0


class Cfgutils(Module[CfgutilsParams]):
    """Utilities for scripts: random events, global flags, waiting, locks, hashes.

    The probability, the global flags and the locks are the same in all workers.
    """

    def __init__(self, name: str, params: CfgutilsParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._table: Table[int] = core.tables.table("cfgutils.locks", int)

    def mod_init(self) -> None:
        """Make what workers share; hash the file.

        Raises:
            OSError: when the file cannot be read.
        """
        self._shared = Shared(self.params.initial_probability, self.params.initial_gflags)
        settings = self.core.settings
        several = settings.fork and settings.children > 1
        self._locks: Locks = SharedLocks(self._table, self.core) if several else LocalLocks()
        self._hash = hashes.file_hash(self.params.hash_file) if self.params.hash_file else ""

    # --- random events

    @function()
    def rand_set_prob(self, msg: Message, probability: PerCent) -> bool:
        """Set the probability of `rand_event`.

        Args:
            probability: per cent, 0 to 100.

        Returns:
            true; false when the number is out of bounds.

        Example:
            rand_set_prob("4");
        """
        return self._set_probability(probability)

    def _set_probability(self, probability: int) -> bool:
        if 0 <= probability <= 100:
            self._shared.probability = probability
            return True
        self.core.log.error(f"a probability is from 0 to 100, not {probability}", self.name)
        return False

    @function()
    def rand_reset_prob(self, msg: Message) -> bool:
        """Set the probability of `rand_event` to the parameter `initial_probability`.

        Returns:
            true.

        Example:
            rand_reset_prob();
        """
        return self._set_probability(self.params.initial_probability)

    @function()
    def rand_get_prob(self, msg: Message) -> Result:
        """Tell the probability of `rand_event`.

        Returns:
            per cent; 0 ends the script, as in Kamailio.

        Example:
            rand_get_prob();
            $var(probability) = $rc;
        """
        return self._shared.probability

    @function()
    def rand_event(self, msg: Message) -> bool:
        r"""Be true with a probability.

        Returns:
            true in as many per cent of the calls as the probability says.

        Example:
            if (rand_event()) { append_to_reply("X-Sample: yes\r\n"); }
        """
        return random.randrange(100) < self._shared.probability

    @pvar("RANDOM")
    def random_number(self, msg: Message) -> int:
        """A random number from 0 to 2147483647, another one each time."""
        return random.getrandbits(_RANDOM_BITS)

    # --- global flags

    @function()
    def set_gflag(self, msg: Message, flag: Flag) -> bool:
        """Set a global flag, which all workers see.

        Args:
            flag: 0 to 31.

        Returns:
            true.

        Example:
            set_gflag("4");
        """
        self._shared.set_flag(_checked(flag), True)
        return True

    @function()
    def reset_gflag(self, msg: Message, flag: Flag) -> bool:
        """Reset a global flag.

        Args:
            flag: 0 to 31.

        Returns:
            true.

        Example:
            reset_gflag("4");
        """
        self._shared.set_flag(_checked(flag), False)
        return True

    @function()
    def is_gflag(self, msg: Message, flag: Flag) -> bool:
        r"""Check whether a global flag is set.

        Args:
            flag: 0 to 31.

        Returns:
            true when it is.

        Example:
            if (is_gflag("4")) { xlog("maintenance\n"); }
        """
        return self._shared.flag(_checked(flag))

    # --- waiting

    @function()
    async def sleep(self, msg: Message, seconds: Int) -> bool:
        """Let the script wait; the worker goes on with other messages meanwhile.

        Args:
            seconds: how long.

        Returns:
            true.

        Example:
            sleep("1");
        """
        await asyncio.sleep(seconds)
        return True

    @function()
    async def usleep(self, msg: Message, microseconds: Int) -> bool:
        """Let the script wait; the worker goes on with other messages meanwhile.

        Args:
            microseconds: how long.

        Returns:
            true.

        Example:
            usleep("200000");
        """
        await asyncio.sleep(microseconds / 1_000_000)
        return True

    # --- locks

    @function(waits=Waits.MAY)
    def lock(self, msg: Message, key: Text, key2: Text = "") -> bool | Awaitable[bool]:
        """Wait until no other script holds a lock, and take it.

        A script that ends without `unlock` keeps the lock; with several workers for twice `script_wait_limit`, since
        its worker may have died. A script that waits longer than `script_wait_limit` ends.

        Args:
            key: name of the lock; the case of its letters does not count.
            key2: a second part of the name.

        Returns:
            true when it was taken; false when the parameter `lock_set_size` is 0.

        Example:
            lock("$ci");
            usleep("1000");
            unlock("$ci");
        """
        return self._locks.take(lock_key(key, key2)) if self._may_lock() else False

    @function()
    def unlock(self, msg: Message, key: Text, key2: Text = "") -> bool:
        """Release a lock.

        Args:
            key: name of the lock.
            key2: a second part of the name.

        Returns:
            true; false when the parameter `lock_set_size` is 0.

        Example:
            unlock("$ci");
        """
        if not self._may_lock():
            return False
        self._locks.release(lock_key(key, key2))
        return True

    @function()
    def trylock(self, msg: Message, key: Text, key2: Text = "") -> bool:
        r"""Take a lock if it is free.

        Args:
            key: name of the lock.
            key2: a second part of the name.

        Returns:
            true when it was taken; false when another script holds it, or the parameter `lock_set_size` is 0.

        Example:
            if (!trylock("$ci")) { xlog("in work already\n"); }
        """
        return self._may_lock() and self._locks.try_to_take(lock_key(key, key2))

    def _may_lock(self) -> bool:
        if self.params.lock_set_size > 0:
            return True
        self.core.log.error('there are no locks: set modparam("cfgutils", "lock_set_size", 4)', self.name)
        return False

    # --- routes

    @function()
    def check_route_exists(self, msg: Message, name: MaybeRoute) -> bool:
        r"""Check whether there is a route block of a name.

        Args:
            name: as in `route[NAME]`.

        Returns:
            true when there is one.

        Example:
            if (!check_route_exists("$rU")) { xlog("no route for $rU\n"); }
        """
        return self.core.routes.find(Route.REQUEST, name) is not None

    @function(waits=Waits.MAY)
    def route_if_exists(self, run: Run, name: MaybeRoute) -> Result | Awaitable[Result]:
        """Run the route block of a name if there is one.

        Args:
            name: as in `route[NAME]`.

        Returns:
            what the block returns; -1 when there is none. The script ends where the block ends it.

        Example:
            route_if_exists("METHOD_$rm");
        """
        block = self.core.routes.find(Route.REQUEST, name)
        if block is None:
            return -1
        result = block(run, run.msg)
        return _code_of(result) if isawaitable(result) else result or 0

    # --- hashes

    @function()
    def core_hash(self, msg: Message, first: Text, second: Text, size: Int) -> Result:
        """Hash one or two texts.

        Args:
            first: one.
            second: another one, or an empty text.
            size: bits of the hash, 1 to 31; 1 for 0 and less.

        Returns:
            1 to 2 to the power of *size*.

        Example:
            core_hash("$ci", "", "3");
            $var(slot) = $rc;
        """
        bits = min(max(size, 1), _MOST_BITS)
        return hashes.core_hash(_encoded(first), _encoded(second), bits) + 1

    # --- the process

    @function()
    def abort(self, msg: Message) -> bool:
        """End the worker at once, with a core dump where the system makes them; the server starts another one.

        Returns:
            never.

        Example:
            abort();
        """
        self.core.log.critical("abort was called", self.name)
        os.abort()

    @function(aliases=("pkg_summary", "shm_status", "shm_summary"))
    def pkg_status(self, msg: Message) -> bool:
        """Write to the log, at level INFO, how much memory the worker has used at most.

        Returns:
            true.

        Example:
            pkg_status();
        """
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.core.log.info(f"process {os.getpid()} has used up to {kilobytes} kB of memory", self.name)
        return True

    # --- RPC

    @rpc("cfgutils.rand_set_prob")
    def rpc_rand_set_prob(self, probability: int) -> None:
        """Set the probability of `rand_event`, in per cent."""
        if not self._set_probability(_number(probability)):
            raise RpcError(500, "Invalid Percent")

    @rpc("cfgutils.rand_reset_prob")
    def rpc_rand_reset_prob(self) -> None:
        """Set the probability of `rand_event` to that at the start."""
        self._set_probability(self.params.initial_probability)

    @rpc("cfgutils.rand_get_prob")
    def rpc_rand_get_prob(self) -> str:
        """Tell the probability of `rand_event`."""
        return f"actual probability: {self._shared.probability} percent"

    @rpc("cfgutils.set_gflag")
    def rpc_set_gflag(self, flags: int) -> None:
        """Set the global flags of a mask."""
        self._shared.set_flags(_number(flags))

    @rpc("cfgutils.reset_gflag")
    def rpc_reset_gflag(self, flags: int) -> None:
        """Reset the global flags of a mask."""
        self._shared.set_flags(_number(flags), False)

    @rpc("cfgutils.is_gflag")
    def rpc_is_gflag(self, flags: int) -> str:
        """Tell whether all global flags of a mask are set."""
        mask = _number(flags)
        return "TRUE" if self._shared.flags & mask == mask else "FALSE"

    @rpc("cfgutils.get_gflags")
    def rpc_get_gflags(self) -> str:
        """Tell the global flags, in hexadecimal digits and as a number."""
        return f"0x{self._shared.flags:X} ({self._shared.flags})"

    @rpc("cfgutils.get_config_hash")
    def rpc_get_config_hash(self) -> str:
        """Tell the hash that the file `hash_file` had at the start."""
        return self._hash

    @rpc("cfgutils.check_config_hash")
    def rpc_check_config_hash(self) -> str:
        """Tell whether the file `hash_file` has changed since the start."""
        if not self.params.hash_file:
            raise RpcError(500, "No hash file")
        try:
            now = hashes.file_hash(self.params.hash_file)
        except OSError as error:
            self.core.log.error(f"the file cannot be hashed: {error}", self.name)
            raise RpcError(500, "Failed to hash the file") from error
        return "Identical hash" if now == self._hash else "Different hash"


def _checked(flag: int) -> int:
    """Return the number of a global flag.

    Raises:
        ValueError: when it is none.
    """
    if not 0 <= flag < FLAGS:
        raise ValueError(f"a global flag is from 0 to {FLAGS - 1}, not {flag}")
    return flag


def _number(value: object) -> int:
    if isinstance(value, int):
        return value
    try:
        return int(str(value), 0)
    except ValueError:
        raise RpcError(500, "Invalid Parameters") from None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


async def _code_of(result: Awaitable[int | None]) -> int:
    """Return the code of a route block, 0 when the script ended in it."""
    return await result or 0
