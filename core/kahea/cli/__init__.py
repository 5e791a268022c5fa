"""The command ``kahea``: Kamailio's command line, and a few commands of our own."""

from kahea.cli.command import main

__all__ = ["main"]
