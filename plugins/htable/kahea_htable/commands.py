"""The RPC commands of the module ``htable``; their answers are shaped as Kamailio's."""

from __future__ import annotations

import time
from typing import Any, Final

from kahea.api import RpcError, rpc

from kahea_htable.table import HashTable
from kahea_htable.tables import HashTables

_TEXT_FLAG: Final = 2
_SET: Final = "Ok. Key set to new value."


class TableCommands:
    """Commands that show and change tables."""

    tables: HashTables

    @rpc("htable.get")
    def get(self, table: str = "", key: object = None) -> dict[str, Any]:
        """Tell one item of a table."""
        if key is None:
            raise RpcError(500, "Not enough parameters (htable name and key name)")
        name = str(key)
        item = self._table(table).item(name)
        if item is None:
            raise RpcError(500, "Key name doesn't exist in htable.")
        expire = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(item.expires)) if item.expires else "NEVER"
        flags = _TEXT_FLAG if isinstance(item.value, str) else 0
        return {"item": {"name": name, "value": item.value, "flags": flags, "expire": expire}}

    @rpc("htable.delete")
    def delete(self, table: str = "", key: object = None) -> str:
        """Remove an item."""
        if key is None:
            raise RpcError(500, "Not enough parameters (htable name & key name)")
        if not self._table(table).delete(str(key)):
            raise RpcError(404, "Key not found in htable.")
        return "Ok. Key deleted."

    @rpc("htable.sets")
    def sets(self, table: str = "", key: object = None, value: object = None) -> str:
        """Set an item to a text."""
        if key is None or value is None:
            raise RpcError(500, "Not enough parameters (htable name, key name and value)")
        return self._store(table, key, str(value))

    @rpc("htable.seti")
    def seti(self, table: str = "", key: object = None, value: object = None) -> str:
        """Set an item to a number."""
        what = "Not enough parameters (htable name, key name and value)"
        return self._store(table, key, _number(value, what))

    @rpc("htable.setxs")
    def setxs(self, table: str = "", key: object = None, value: object = None, expire: object = None) -> str:
        """Set an item to a text, and the seconds after which it expires."""
        what = "Not enough parameters (htable name, key name, value and expire)"
        if key is None or value is None:
            raise RpcError(500, what)
        return self._store(table, key, str(value), _number(expire, what))

    @rpc("htable.setxi")
    def setxi(self, table: str = "", key: object = None, value: object = None, expire: object = None) -> str:
        """Set an item to a number, and the seconds after which it expires."""
        what = "Not enough parameters (htable name, key name, value and expire)"
        return self._store(table, key, _number(value, what), _number(expire, what))

    @rpc("htable.setex")
    def setex(self, table: str = "", key: object = None, expire: object = None) -> str:
        """Set the seconds after which an item expires."""
        seconds = _number(expire, "Not enough parameters (htable name, item name and expire)")
        if not self._table(table).set_lifetime(str(key), seconds):
            raise RpcError(500, "Failed to set the item")
        return "Ok"

    def _store(self, table: str, key: object, value: str | int, lifetime: int = 0) -> str:
        if not self._table(table).set(str(key), value, lifetime):
            raise RpcError(500, "Failed to set the item")
        return _SET

    @rpc("htable.dump")
    def dump(self, table: str = "") -> list[dict[str, Any]]:
        """Tell all items of a table, by the slots that they have in Kamailio."""
        return [
            {
                "entry": number,
                "size": len(items),
                "slot": [
                    {"name": name, "value": item.value, "type": "str" if isinstance(item.value, str) else "int"}
                    for name, item in items
                ],
            }
            for number, items in self._table(table).slots().items()
        ]

    @rpc("htable.listTables")
    def list_tables(self) -> list[dict[str, Any]]:
        """Tell the tables."""
        return [
            {
                "name": one.definition.name,
                "dbtable": one.definition.dbtable,
                "dbmode": one.definition.dbmode,
                "expire": one.definition.autoexpire,
                "updateexpire": int(one.definition.updateexpire),
                "size": one.definition.slots,
                "dmqreplicate": one.definition.dmqreplicate,
            }
            for one in self._all()
        ]

    @rpc("htable.stats")
    def stats(self) -> list[dict[str, Any]]:
        """Tell how many items the tables have, and the slots that they have in Kamailio."""
        answer = []
        for one in self._all():
            sizes = [len(items) for items in one.slots().values()]
            answer.append(
                {
                    "name": one.definition.name,
                    "slots": one.definition.slots,
                    "all": sum(sizes),
                    "min": min(sizes) if len(sizes) == one.definition.slots else 0,
                    "max": max(sizes, default=0),
                }
            )
        return answer

    @rpc("htable.flush")
    def flush(self, table: str = "") -> str:
        """Remove all items of a table."""
        self._table(table).clear()
        return "Ok. Htable flushed."

    @rpc("htable.reload")
    def reload(self, table: str = "") -> str:
        """Fill a table from its database: refused, there are no databases yet."""
        self._table(table)
        raise RpcError(500, "Htable reload failed")

    @rpc("htable.store")
    def store(self, table: str = "") -> str:
        """Write a table to its database: refused, there are no databases yet."""
        raise RpcError(500, "No htable db_url")

    @rpc("htable.dmqsync")
    def dmqsync(self, table: str = "") -> str:
        """Fetch tables from other servers: refused, there is no replication."""
        raise RpcError(500, "HTable DMQ Sync Failed")

    @rpc("htable.dmqresync")
    def dmqresync(self, table: str = "") -> str:
        """Fetch a table from other servers: refused, there is no replication; the table stays as it is."""
        self._table(table)
        raise RpcError(500, "HTable DMQ Sync Failed")

    def _table(self, name: str) -> HashTable:
        if not name:
            raise RpcError(500, "No htable name given")
        found = self.tables.get(str(name))
        if found is None:
            raise RpcError(500, "No such htable")
        return found

    def _all(self) -> list[HashTable]:
        tables = list(self.tables)
        if not tables:
            raise RpcError(500, "No htables")
        return tables


def _number(value: object, what: str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise RpcError(500, what) from None
