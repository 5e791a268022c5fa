"""The wire: SIP messages, URIs and headers, parsed lazily and built again. No sockets, no clock, no configuration."""
