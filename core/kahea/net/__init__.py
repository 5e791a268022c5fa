"""Sockets: UDP, TCP, listen addresses, what is ours. No routing decisions."""
