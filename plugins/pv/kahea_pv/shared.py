"""Variables that all workers share: ``$shv``."""

from __future__ import annotations

from kahea.api import Access, RpcError, Run, Table, Tables, Value

_INT64 = 2**64
_SIGN = 2**63


class SharedVariables:
    """The shared variables of a server.

    Args:
        tables: where their values are.
        initial: values that they have at first.

    Attributes:
        names: of the variables that exist, in the order of their first mention.
    """

    def __init__(self, tables: Tables, initial: dict[str, str | int]) -> None:
        self._tables = tables
        self._initial = initial
        self.names = list(initial)

    @property
    def _values(self) -> Table[str | int]:
        return self._tables.table("pv.shv", str | int)

    def start(self) -> None:
        """Set the initial values, before the workers exist."""
        for name, value in self._initial.items():
            self._values.put(name, value)

    def get(self, name: str) -> str | int:
        """Return a value, 0 when none was assigned."""
        value = self._values.get(name)
        return 0 if value is None else value

    def bind(self, text: str, name: str) -> Access:
        """Bind ``$shv(name)``."""
        self._know(name)
        values = self._values

        def get(_run: Run) -> Value:
            value = values.get(name)
            return 0 if value is None else value

        def assign(_run: Run, value: Value) -> None:
            values.put(name, _storable(value))

        return Access(text, get, assign)

    def bind_increment(self, text: str, name: str) -> Access:
        """Bind ``$shvinc(name)``."""
        self._know(name)
        values = self._values

        def get(_run: Run) -> Value:
            return values.increment(name) or 0

        return Access(text, get)

    def _know(self, name: str) -> None:
        if name not in self.names:
            self.names.append(name)

    # --- RPC -------------------------------------------------------------------------------------

    def shown(self, name: str | None) -> dict[str, object]:
        """Return one variable for the operator, all without a name.

        Raises:
            RpcError: there is no such variable.
        """
        if name is not None:
            return self._row(self._known(name))
        return {"items": [{"shv": self._row(one)} for one in reversed(self.names)]}

    def _row(self, name: str) -> dict[str, object]:
        value = self.get(name)
        return {"name": name, "type": "int" if isinstance(value, int) else "string", "value": value}

    def _known(self, name: str) -> str:
        if name not in self.names:
            raise RpcError(404, "Variable not found")
        return name

    def set(self, name: object, kind: object, value: object) -> str:
        """Set a variable for the operator; texts as Kamailio's.

        Raises:
            RpcError: what is missing or unknown.
        """
        expected = "(Parameters: varname type value)"
        if name is None:
            raise RpcError(500, f"Missing parameter varname {expected}")
        if kind is None:
            raise RpcError(500, f"Missing parameter type {expected}")
        new: str | int
        match str(kind).lower():
            case "int":
                try:
                    new = int(str(value))
                except ValueError:
                    raise RpcError(500, f"Missing integer parameter value {expected}") from None
                new = _storable(new)
            case "str":
                if value is None:
                    raise RpcError(500, f"Missing parameter value {expected}")
                new = str(value)
            case _:
                raise RpcError(500, "Unknown parameter type (Types: int or str)")
        if not self._values.put(self._known(str(name)), new):
            raise RpcError(500, "Cannot set shared variable value")
        return "Ok. Variable set to new value."


def _storable(value: Value) -> str | int:
    """Return what is stored: null as empty text (as the real server does), a number with 64 bits."""
    if value is None:
        return ""
    if isinstance(value, int) and not -_SIGN <= value < _SIGN:
        return (value + _SIGN) % _INT64 - _SIGN
    return value
