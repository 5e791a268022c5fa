"""Log levels and the logger that every layer is handed.

A log line costs about a microsecond: it is formatted once and appended to a buffer, which its sink
writes out at the end of a batch of messages, before a wait and at exit. Sinks (standard error,
syslog) are the server's; this module knows only text.
"""
