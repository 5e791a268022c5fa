"""Looking up names without holding up a worker: RFC 1035, RFC 2782, RFC 3263, RFC 3403."""
