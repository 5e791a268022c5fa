"""The module ``cfg_rpc``: parameters that change while the server runs."""

from kahea_cfg_rpc.module import CfgRpc

__all__ = ["CfgRpc"]
