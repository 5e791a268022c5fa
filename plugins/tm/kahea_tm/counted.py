"""What the module counts."""

from __future__ import annotations

from typing import Final

COUNTED: Final = {
    "tm.UAS_transactions": "Transactions of requests that were received.",
    "tm.UAC_transactions": "Branches that were sent.",
    "tm.removed": "Transactions that have ended.",
    "tm.rpl_received": "Replies that were received.",
    "tm.rpl_generated": "Replies that were made.",
    "tm.rpl_sent": "Replies that were sent.",
    **{f"tm.{code}xx_transactions": f"Transactions that ended with a {code}xx reply." for code in range(1, 7)},
}
"""Counters and what they count."""
