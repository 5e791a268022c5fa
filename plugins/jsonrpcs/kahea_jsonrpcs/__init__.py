"""The module ``jsonrpcs``: RPC commands as JSON-RPC 2.0."""

from kahea_jsonrpcs.module import Jsonrpcs

__all__ = ["Jsonrpcs"]
