"""The module ``ctl``: commands of operators over the binrpc protocol."""

from kahea_ctl.module import Ctl

__all__ = ["Ctl"]
