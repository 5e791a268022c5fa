"""The parameters of the module ``acc``."""

from __future__ import annotations

from typing import Annotated, Final

from kahea.api import Level, Params
from msgspec import Meta

NO_FLAG: Final = -1

_FACILITIES: Final = frozenset(
    f"LOG_{name}"
    for name in (
        *("AUTH", "AUTHPRIV", "CRON", "DAEMON", "FTP", "KERN", "LPR", "MAIL", "NEWS", "SYSLOG", "USER", "UUCP"),
        *(f"LOCAL{number}" for number in range(8)),
    )
)


def check_facility(name: str) -> None:
    """Raise ValueError for what is no syslog facility."""
    if name not in _FACILITIES:
        raise ValueError(f'unknown syslog facility "{name}": use LOG_DAEMON, LOG_LOCAL0 to LOG_LOCAL7, LOG_USER, ...')


def parse_codes(text: str) -> frozenset[int]:
    """Return the status codes of ``404,480``.

    Raises:
        ValueError: it has anything else than codes from 300 to 999.
    """
    codes = text.split(",") if text else []
    if not all(code.isascii() and code.isdecimal() and 300 <= int(code) <= 999 for code in codes):
        raise ValueError(f'write status codes from 300 to 999, joined by commas, in place of "{text}"')
    return frozenset(map(int, codes))


def _flag(description: str) -> Meta:
    return Meta(description=f"Number of the flag {description}; -1 for none.", ge=NO_FLAG, le=31)


def _switch(description: str) -> Meta:
    return Meta(description=description, ge=0, le=1)


def _database(description: str) -> Meta:
    return Meta(description=f"{description} No effect: there are no databases yet.")


def _record(description: str) -> Meta:
    return Meta(description=f"{description} No effect: there are no dialogs yet.")


class AccParams(Params):
    """Parameters of the module ``acc``."""

    log_flag: Annotated[int, _flag("that marks transactions to be written into the log")] = NO_FLAG
    log_missed_flag: Annotated[
        int, _flag("that marks INVITEs of which a failure is written as a missed call; the line resets it")
    ] = NO_FLAG
    log_level: Annotated[int, Meta(description="Level of the lines.", ge=-5, le=3)] = int(Level.NOTICE)
    log_facility: Annotated[str, Meta(description="Syslog facility of the lines.")] = "LOG_DAEMON"
    log_extra: Annotated[
        str, Meta(description="What is added to each line: `name=$pseudo_variable`, several joined by semicolons.")
    ] = ""
    multi_leg_info: Annotated[
        str,
        Meta(description="AVPs with a value for each leg of the call, of at most 16: `name=$avp(a);name=$avp(b)`."),
    ] = ""
    early_media: Annotated[int, Meta(description="With 1, provisional replies with a body are written too.")] = 0
    failed_transaction_flag: Annotated[int, _flag("that marks transactions to be written also when they fail")] = (
        NO_FLAG
    )
    failed_filter: Annotated[
        str, Meta(description="Status codes, joined by commas, with which a failure is not written.")
    ] = ""
    report_ack: Annotated[int, Meta(description="With 1, the ACK to a 2xx is written too.")] = 0
    report_cancels: Annotated[int, Meta(description="With 1, transactions of CANCELs are written too.")] = 0
    detect_direction: Annotated[
        int,
        Meta(
            description="With 1, From and To change places in lines about requests of the callee; needs the module rr "
            "with `append_fromtag`."
        ),
    ] = 0
    acc_prepare_flag: Annotated[
        int, _flag("that marks transactions which get the other flags only in a later route")
    ] = NO_FLAG
    acc_prepare_always: Annotated[
        int, Meta(description="With 1, all transactions may get the other flags in a later route.")
    ] = 0
    reason_from_hf: Annotated[
        int, Meta(description="With 1, the reason is the value of the reply's first Reason header, if it has one.")
    ] = 0
    clone_msg: Annotated[int, Meta(description="No effect: nothing is shared between processes.")] = 1
    acc_extra_size: Annotated[int, Meta(description="How many values `log_extra` may have; no effect.")] = 64
    time_mode: Annotated[
        int,
        Meta(
            description="What is told of the time besides the second: 0 nothing, 1 microseconds as `time_exten`, 2 "
            "seconds with milliseconds as `time_attr`, 3 local time and 4 UTC as `time_attr` in `time_format`.",
            ge=0,
            le=4,
        ),
    ] = 0
    time_attr: Annotated[str, Meta(description="Name of the additional time.")] = "time_attr"
    time_exten: Annotated[str, Meta(description="Name of the microseconds.")] = "time_exten"
    time_format: Annotated[str, Meta(description="As strftime has it.")] = "%Y-%m-%d %H:%M:%S"

    db_url: Annotated[str, _database("The database.")] = ""
    db_flag: Annotated[int, _database("Flag that marks transactions for the database.")] = NO_FLAG
    db_missed_flag: Annotated[int, _database("Flag that marks missed calls for the database.")] = NO_FLAG
    db_extra: Annotated[str, _database("As `log_extra`.")] = ""
    db_insert_mode: Annotated[int, _database("How records are written.")] = 0
    db_version_check: Annotated[int, _database("Whether versions of tables are compared.")] = 1
    db_table_acc: Annotated[str, _database("Table for transactions.")] = "acc"
    db_table_missed_calls: Annotated[str, _database("Table for missed calls.")] = "missed_calls"
    acc_extra_nullable: Annotated[int, _database("Whether what is missing becomes NULL.")] = 0
    acc_method_column: Annotated[str, _database("Column.")] = "method"
    acc_from_tag_column: Annotated[str, _database("Column.")] = "from_tag"
    acc_to_tag_column: Annotated[str, _database("Column.")] = "to_tag"
    acc_callid_column: Annotated[str, _database("Column.")] = "callid"
    acc_sip_code_column: Annotated[str, _database("Column.")] = "sip_code"
    acc_sip_reason_column: Annotated[str, _database("Column.")] = "sip_reason"
    acc_time_column: Annotated[str, _database("Column.")] = "time"

    cdr_enable: Annotated[int, _record("Whether there are call data records.")] = 0
    cdr_log_enable: Annotated[int, _record("Whether they are written into the log.")] = 1
    cdr_facility: Annotated[str, _record("Syslog facility.")] = "LOG_DAEMON"
    cdr_extra: Annotated[str, _record("As `log_extra`.")] = ""
    cdr_extra_size: Annotated[int, _record("How many values `cdr_extra` may have.")] = 64
    cdr_extra_nullable: Annotated[int, _record("Whether what is missing becomes NULL.")] = 0
    cdr_skip: Annotated[str, _record("Variable of dialogs without a record.")] = ""
    cdr_start_on_confirmed: Annotated[int, _record("Whether a call starts when it is answered.")] = 0
    cdr_expired_dlg_enable: Annotated[int, _record("Whether dialogs that expired have records.")] = 0
    cdr_on_failed: Annotated[int, _record("Whether calls that failed have records.")] = 1
    cdr_duration_mode: Annotated[int, _record("How durations are told.")] = 1
    cdr_start_id: Annotated[str, _record("Name of the start.")] = "start_time"
    cdr_end_id: Annotated[str, _record("Name of the end.")] = "end_time"
    cdr_duration_id: Annotated[str, _record("Name of the duration.")] = "duration"
    cdrs_table: Annotated[str, _record("Table for records.")] = ""
