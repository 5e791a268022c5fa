"""The RPC commands that tell about commands, with the names and answers of Kamailio's ``system.*``."""

from __future__ import annotations

from collections.abc import Mapping

from kahea.modules.rpc import Rpc, RpcError


def system_commands(commands: Mapping[str, Rpc]) -> list[Rpc]:
    """Return the commands about *commands*, which may grow later."""

    def list_methods() -> list[str]:
        """Return the names of all commands."""
        return sorted(commands)

    def method_signature(*_names: str) -> None:
        """Refuse, as Kamailio does: ``system.methodHelp`` tells what a command does."""
        raise RpcError(500, "Not Implemented Yet")

    def method_help(name: str | None = None) -> str:
        """Return what a command does."""
        if name is None:
            raise RpcError(400, "Method Name Expected")
        command = commands.get(name)
        if command is None:
            raise RpcError(400, "command not found")
        return command.doc or "undocumented"

    return [
        Rpc("system.listMethods", list_methods, doc=list_methods.__doc__ or ""),
        Rpc("system.methodSignature", method_signature, doc=method_signature.__doc__ or ""),
        Rpc("system.methodHelp", method_help, doc=method_help.__doc__ or ""),
    ]
