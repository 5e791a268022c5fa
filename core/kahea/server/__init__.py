"""Processes: supervisor, workers, RPC, signals, logging. No SIP."""
