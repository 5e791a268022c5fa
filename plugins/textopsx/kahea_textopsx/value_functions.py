"""Functions on the values of header fields that are lists."""

from __future__ import annotations

from typing import Annotated, ClassVar, get_args

from kahea.api import Kind, Message, RawText, Route, Text, Value, function

from kahea_textopsx import headervalues
from kahea_textopsx.headervalues import Target

VALUE_ROUTES = Route.REQUEST | Route.ONREPLY | Route.FAILURE | Route.BRANCH


class TargetKind(Kind):
    """A header, with an index or a parameter where the function allows it."""

    mode = get_args(RawText)[1].mode
    label = "header"
    param: ClassVar[bool] = True
    every: ClassVar[bool] = True
    """Whether the index may be ``*``."""
    indexed: ClassVar[bool] = True

    def dynamic(self, value: Value) -> Target:
        """Return what is to be changed.

        Raises:
            ValueError: when it is not written so, or has more than the function allows.
        """
        target = headervalues.parse_target(str(value or ""))
        if target.param and not self.param:
            raise ValueError("a parameter of the value cannot be given here")
        if target.indexed and not self.indexed:
            raise ValueError("an index cannot be given here")
        if target.every and not self.every:
            raise ValueError("[*] cannot be given here")
        return target


class PlaceKind(TargetKind):
    """A header with an index or without."""

    param = False
    every = False


class NameKind(TargetKind):
    """A header without anything else."""

    param = False
    every = False
    indexed = False


class AssignedKind(TargetKind):
    """A header, in which only a parameter can be assigned in all its values at once."""

    def dynamic(self, value: Value) -> Target:
        """Return what is to be changed."""
        target = super().dynamic(value)
        if target.every and not target.param:
            raise ValueError("[*] needs a parameter, as in X-Name[*].param")
        return target


Removed = Annotated[Target, TargetKind()]
Assigned = Annotated[Target, AssignedKind()]
Place = Annotated[Target, PlaceKind()]
Name = Annotated[Target, NameKind()]


class HeaderValueFunctions:
    """Changes values of headers; they show when the message is forwarded or after `msg_apply_changes`."""

    @function(routes=VALUE_ROUTES)
    def append_hf_value(self, msg: Message, header: Place, value: Text) -> bool:
        """Add a value behind another one, or a header field.

        Args:
            header: name; `Name[2]` adds behind its second value, `Name[-1]` behind its last one. Without an index, or
                where there is no such value, a header field is added at the end.
            value: the value.

        Returns:
            true.

        Example:
            append_hf_value("Supported[-1]", "path");
        """
        headervalues.append_value(msg, header, value)
        return True

    @function(routes=VALUE_ROUTES)
    def insert_hf_value(self, msg: Message, header: Place, value: Text) -> bool:
        """Add a value in front of another one, or a header field in front of the first of its name.

        Args:
            header: name; `Name[2]` adds in front of its second value. Without an index a header field is added.
            value: the value.

        Returns:
            true; false when there is no such value, unless it is the first, which makes a new header field.

        Example:
            insert_hf_value("Supported[1]", "path");
        """
        return headervalues.insert_value(msg, header, value)

    @function(routes=VALUE_ROUTES)
    def remove_hf_value(self, msg: Message, header: Removed) -> bool:
        """Delete a value, or a parameter of it.

        Args:
            header: `Name` and `Name[1]` stand for the first value, `Name[-1]` for the last, `Name[*]` for all header
                fields of the name; `Name[1].param` for a parameter, `Name[*].param` for that of all values.

        Returns:
            true when there was such a value.

        Example:
            remove_hf_value("Contact[*].expires");
        """
        return headervalues.change_value(msg, header, None)

    @function(routes=VALUE_ROUTES)
    def assign_hf_value(self, msg: Message, header: Assigned, value: Text) -> bool:
        """Put a text in the place of a value, or of a parameter of it.

        Args:
            header: as for `remove_hf_value`; a parameter that is not there is added.
            value: the text; an empty one leaves a parameter without a value.

        Returns:
            true when there was such a value.

        Example:
            assign_hf_value("Contact[1].expires", "60");
        """
        return headervalues.change_value(msg, header, value)

    @function(routes=VALUE_ROUTES)
    def remove_hf_value2(self, msg: Message, header: Removed) -> bool:
        """Delete a header field, or a parameter of those that it lists as in `Digest realm="a", nonce="b"`.

        Args:
            header: as for `remove_hf_value`; the index counts header fields.

        Returns:
            true when there was such a field.

        Example:
            remove_hf_value2("Authorization.opaque");
        """
        return headervalues.change_listed(msg, header, None)

    @function(routes=VALUE_ROUTES)
    def assign_hf_value2(self, msg: Message, header: Assigned, value: Text) -> bool:
        r"""Put a text in the place of a header field's value, or of a parameter as in `Digest realm="a", nonce="b"`.

        Args:
            header: as for `remove_hf_value`; the index counts header fields. A parameter that is not there is added.
            value: the text, with quotes where it needs them.

        Returns:
            true when there was such a field.

        Example:
            assign_hf_value2("Authorization.realm", "\"example.com\"");
        """
        return headervalues.change_listed(msg, header, value)

    @function(routes=VALUE_ROUTES)
    def include_hf_value(self, msg: Message, header: Name, value: Text) -> bool:
        """Add a value at the end of a header, unless one of its fields has it.

        Args:
            header: name; without such a header field one is added.
            value: the value; the case of its letters does not count.

        Returns:
            true; false for an empty value.

        Example:
            include_hf_value("Supported", "path");
        """
        if value:
            headervalues.include_value(msg, header, value)
        return bool(value)

    @function(routes=VALUE_ROUTES)
    def exclude_hf_value(self, msg: Message, header: Name, value: Text) -> bool:
        """Delete a value wherever a header has it.

        Args:
            header: name.
            value: the value; the case of its letters does not count.

        Returns:
            true, also when no field has it; false for an empty value.

        Example:
            exclude_hf_value("Supported", "100rel");
        """
        if value:
            headervalues.exclude_value(msg, header, value)
        return bool(value)

    @function(routes=VALUE_ROUTES)
    def hf_value_exists(self, msg: Message, header: Name, value: Text) -> bool:
        r"""Check whether one of a header's fields has a value.

        Args:
            header: name.
            value: the value; the case of its letters does not count.

        Returns:
            true when one has it.

        Example:
            if (hf_value_exists("Supported", "path")) { xlog("it knows Path\n"); }
        """
        return headervalues.contains(msg, header, value)
