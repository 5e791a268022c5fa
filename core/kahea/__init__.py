"""Kahea: a SIP server that runs the configuration language of Kamailio."""

__version__ = "0.1.0"
