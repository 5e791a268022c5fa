"""What the module ``cfg_rpc`` offers to operators."""

from __future__ import annotations

from kahea.api import Core, Module, NoParams, ParameterValue, RpcError, Scope, rpc

from kahea_cfg_rpc.commands import failing_as, number, shown


class CfgRpc(Module[NoParams]):
    """Look at global parameters, and change some of them, while the server runs.

    A change is made in all workers before the command is answered; a message in work goes on with what it began with.
    The next start of the server begins with the configuration file again.
    """

    def __init__(self, name: str, params: NoParams, core: Core) -> None:
        super().__init__(name, params, core)
        self._parameters = core.parameters
        self._parameters.declare()

    @rpc("cfg.list", scope=Scope.OWNER)
    def list_names(self, group: str | None = None) -> list[str]:
        """Return ``group: name`` of each parameter that can be changed, of one group or of all."""
        return [f"{one}: {name}" for one, name in self._parameters.names() if group in (None, one)]

    @rpc("cfg.get", scope=Scope.OWNER)
    def get(
        self, group: ParameterValue | None = None, name: ParameterValue | None = None
    ) -> ParameterValue | dict[str, ParameterValue]:
        """Return the value of a parameter; without a name, of all parameters of the group."""
        if not isinstance(group, str) or isinstance(name, (int, float)):
            raise RpcError(500, "Failed to get the parameters")
        with failing_as("Failed to get the variable"):
            if name is not None:
                return self._parameters.get(group, name)
            values = {key: self._parameters.get(one, key) for one, key in self._parameters.names() if one == group}
            if not values:
                raise KeyError(group)
            return values

    @rpc("cfg.help", scope=Scope.OWNER)
    def describe(self, group: str, name: str) -> list[str]:
        """Return what a parameter means, and the type of its values."""
        with failing_as("Failed to get the variable description"):
            text, kind = self._parameters.describe(group, name)
            return [text, f"(parameter type is {kind})"]

    @rpc("cfg.set", scope=Scope.OWNER)
    async def set(self, group: str, name: str, value: ParameterValue) -> None:
        """Change a parameter; the value is converted to its type."""
        with failing_as("Failed to set the variable"):
            await self._parameters.set(group, name, value)

    @rpc("cfg.set_now_int", scope=Scope.OWNER)
    async def set_now_int(self, group: str, name: str, value: ParameterValue) -> None:
        """Change a parameter to a number."""
        await self.set(group, name, number(value))

    @rpc("cfg.set_now_string", scope=Scope.OWNER)
    async def set_now_string(self, group: str, name: str, value: ParameterValue) -> None:
        """Change a parameter to a text."""
        await self.set(group, name, str(value))

    @rpc("cfg.seti", scope=Scope.OWNER)
    async def seti(self, group: str, name: str, value: ParameterValue) -> None:
        """Change a parameter to a number: the same as ``cfg.set_now_int``."""
        await self.set_now_int(group, name, value)

    @rpc("cfg.sets", scope=Scope.OWNER)
    async def sets(self, group: str, name: str, value: ParameterValue) -> None:
        """Change a parameter to a text: the same as ``cfg.set_now_string``."""
        await self.set_now_string(group, name, value)

    @rpc("cfg.set_delayed", scope=Scope.OWNER)
    def set_delayed(self, group: str, name: str, value: ParameterValue) -> None:
        """Remember a change for ``cfg.commit``."""
        with failing_as("Failed to set the variable"):
            self._parameters.set_delayed(group, name, value)

    @rpc("cfg.set_delayed_int", scope=Scope.OWNER)
    def set_delayed_int(self, group: str, name: str, value: ParameterValue) -> None:
        """Remember a change to a number for ``cfg.commit``."""
        self.set_delayed(group, name, number(value))

    @rpc("cfg.set_delayed_string", scope=Scope.OWNER)
    def set_delayed_string(self, group: str, name: str, value: ParameterValue) -> None:
        """Remember a change to a text for ``cfg.commit``."""
        self.set_delayed(group, name, str(value))

    @rpc("cfg.diff", scope=Scope.OWNER)
    def diff(self) -> list[dict[str, ParameterValue]]:
        """Return the changes that wait for ``cfg.commit``."""
        return [shown(one) for one in self._parameters.pending()]

    @rpc("cfg.commit", scope=Scope.OWNER)
    async def commit(self) -> None:
        """Make all changes that wait, together."""
        await self._parameters.commit()

    @rpc("cfg.rollback", scope=Scope.OWNER)
    def rollback(self) -> None:
        """Forget all changes that wait."""
        self._parameters.rollback()

    @rpc("cfg.reset", scope=Scope.OWNER)
    async def reset(self, group: str) -> None:
        """Give the parameters of a group the values of the start; changes that wait keep waiting."""
        await self._parameters.reset(group)
