"""Functions on bodies."""

from __future__ import annotations

from kahea.api import Core, Message, RawText, Request, Result, Route, Run, Text, Var, function

from kahea_textops import checks, multipart
from kahea_textops.bodies import decoded, encoded, from_hex, set_body
from kahea_textops.checks import MediaType
from kahea_textops.hold import audio_hold

BODY_ROUTES = Route.REQUEST | Route.FAILURE | Route.BRANCH


class BodyFunctions:
    """Sets bodies, and takes those of several parts apart.

    A changed body shows when the message is forwarded; until then functions and pseudo-variables see the received one.
    """

    core: Core

    @function()
    def has_body(self, msg: Message, media_type: MediaType = "") -> bool:
        r"""Check whether the message has a body, by its Content-Length.

        Args:
            media_type: type that Content-Type must have; a message without Content-Type counts as application/sdp.

        Returns:
            true when it has.

        Example:
            if (has_body("application/sdp")) { xlog("with a session description\n"); }
        """
        return checks.has_body(msg, media_type)

    @function(routes=BODY_ROUTES | Route.ONREPLY)
    def set_body(self, msg: Message, body: Text, content_type: Text) -> bool:
        """Set the body and its Content-Type.

        Args:
            body: the new body.
            content_type: its type.

        Returns:
            true; false when one of them is empty.

        Example:
            set_body("call from $fU", "text/plain");
        """
        return set_body(msg, encoded(body), content_type)

    @function()
    def set_body_hex(self, msg: Message, body: Text, content_type: Text) -> bool:
        """Set the body to bytes that are written as hexadecimal digits.

        Args:
            body: the digits; blanks between them do not count.
            content_type: its type.

        Returns:
            true; false when one of them is empty or the digits are malformed.

        Example:
            set_body_hex("b0 8e 4a f2", "application/octet-stream");
        """
        content = self._bytes(body)
        return content is not None and set_body(msg, content, content_type)

    @function(routes=BODY_ROUTES)
    def set_reply_body(self, msg: Request, body: Text, content_type: Text) -> bool:
        """Set the body of the replies that are made to this request.

        Args:
            body: the body.
            content_type: its type.

        Returns:
            true; false when one of them is empty.

        Example:
            set_reply_body("busy until $Tf", "text/plain");
        """
        return _set_reply_body(msg, encoded(body), content_type)

    @function(routes=BODY_ROUTES)
    def set_reply_body_hex(self, msg: Request, body: Text, content_type: Text) -> bool:
        """Set the body of the replies to bytes that are written as hexadecimal digits.

        Args:
            body: the digits; blanks between them do not count.
            content_type: its type.

        Returns:
            true; false when one of them is empty or the digits are malformed.

        Example:
            set_reply_body_hex("4b 82 00 a2", "application/octet-stream");
        """
        content = self._bytes(body)
        return content is not None and _set_reply_body(msg, content, content_type)

    @function()
    def filter_body(self, msg: Message, content_type: RawText) -> bool:
        """Leave of a multipart/mixed body only the content of the first part of a type.

        Args:
            content_type: type of the part, such as application/sdp.

        Returns:
            true when there is such a part. Content-Type stays as it was.

        Example:
            if (filter_body("application/sdp")) { remove_hf("Content-Type"); }
        """
        return multipart.keep_part(msg, content_type)

    @function(routes=BODY_ROUTES)
    def set_body_multipart(self, msg: Message) -> bool:
        """Make the body one of several parts, the received body being the first of them.

        Returns:
            true; false when there is no body.

        Example:
            set_body_multipart();
        """
        return multipart.set_parts(msg, b"", "", "")

    @function("set_body_multipart", routes=BODY_ROUTES)
    def set_body_multipart_boundary(self, msg: Message, boundary: Text) -> bool:
        """Make the body one of several parts, the received body being the first of them.

        Args:
            boundary: text between the parts; unique-boundary-1 when it is empty.

        Returns:
            true; false when there is no body.

        Example:
            set_body_multipart("part-boundary");
        """
        return multipart.set_parts(msg, b"", "", boundary)

    @function("set_body_multipart", routes=BODY_ROUTES)
    def set_body_multipart_content(self, msg: Message, body: Text, content_type: Text, boundary: Text = "") -> bool:
        """Set a body of several parts with a first part.

        Args:
            body: content of the part; the received body when it is empty.
            content_type: its type; text/plain when it is empty.
            boundary: text between the parts; unique-boundary-1 when it is empty.

        Returns:
            true; false when there is no body.

        Example:
            set_body_multipart("hello", "text/plain", "part-boundary");
        """
        return multipart.set_parts(msg, encoded(body), content_type, boundary)

    @function(routes=BODY_ROUTES)
    def append_body_part(self, msg: Message, body: Text, content_type: Text, disposition: Text = "") -> bool:
        r"""Add a part to the end of a body of several parts.

        Args:
            body: content of the part.
            content_type: its type; more header lines may follow, each with `\r\n` in front.
            disposition: its Content-Disposition.

        Returns:
            true; false when the received body does not consist of parts.

        Example:
            append_body_part("hello", "text/plain");
        """
        return multipart.append_part(msg, encoded(body), content_type, disposition)

    @function(routes=BODY_ROUTES)
    def append_body_part_hex(self, msg: Message, body: Text, content_type: Text, disposition: Text = "") -> bool:
        """Add a part as append_body_part does, of bytes that are written as hexadecimal digits.

        Args:
            body: the digits; blanks between them do not count.
            content_type: its type.
            disposition: its Content-Disposition.

        Returns:
            true; false when the received body does not consist of parts, or the digits are malformed.

        Example:
            append_body_part_hex("6b 61", "application/octet-stream");
        """
        content = self._bytes(body)
        return content is not None and multipart.append_part(msg, content, content_type, disposition)

    @function(routes=BODY_ROUTES)
    def remove_body_part(self, msg: Message, content_type: Text) -> bool:
        """Remove the first part of a type from a body of several parts.

        Args:
            content_type: type of the part.

        Returns:
            true when there is such a part.

        Example:
            remove_body_part("application/vnd.cirpack.isdn-ext");
        """
        return multipart.remove_part(msg, content_type)

    @function(routes=BODY_ROUTES | Route.ONREPLY)
    def get_body_part(self, run: Run, content_type: Text, result: Var) -> bool:
        """Get what follows the Content-Type line of the first part of a type, up to the next boundary.

        Args:
            content_type: type of the part.
            result: pseudo-variable that gets it; the whole body when it does not consist of parts.

        Returns:
            true; false when there is no body or no such part.

        Example:
            get_body_part("application/sdp", "$var(sdp)");
        """
        return self._get_part(run, content_type, result, raw=False)

    @function(routes=BODY_ROUTES | Route.ONREPLY)
    def get_body_part_raw(self, run: Run, content_type: Text, result: Var) -> bool:
        """Get the first part of a type with its Content-Type line and the boundary behind it.

        Args:
            content_type: type of the part.
            result: pseudo-variable that gets it; the whole body when it does not consist of parts.

        Returns:
            true; false when there is no body or no such part.

        Example:
            get_body_part_raw("application/sdp", "$var(part)");
        """
        return self._get_part(run, content_type, result, raw=True)

    @function()
    def is_audio_on_hold(self, msg: Message) -> Result:
        r"""Check whether the session description puts audio on hold.

        Returns:
            1 by a null connection address (RFC 2543), 2 by sendonly or inactive (RFC 3264), -1 when it does not.

        Example:
            if (is_audio_on_hold()) { xlog("on hold: $rc\n"); }
        """
        body = multipart.parse(msg)
        if body is None:
            return audio_hold(decoded(msg.body)) if checks.has_body(msg, "application/sdp") else -1
        part = body.first("application/sdp")
        return -1 if part is None else audio_hold(body.text[part.content_start : part.next_delimiter_start])

    def _get_part(self, run: Run, content_type: str, result: Var, *, raw: bool) -> bool:
        msg = run.msg
        if not msg.body:
            return False
        body = multipart.parse(msg)
        if body is None:
            result.set(run, decoded(msg.body))
            return True
        part = body.first(content_type)
        if part is None:
            return False
        start, end = (part.type_start, part.next_delimiter_end) if raw else (part.type_end, part.next_delimiter_start)
        result.set(run, body.text[start:end])
        return True

    def _bytes(self, digits: str) -> bytes | None:
        try:
            return from_hex(digits)
        except ValueError:
            self.core.log.error(f'"{digits}" are no hexadecimal digits', "textops")
            return None


def _set_reply_body(msg: Request, body: bytes, content_type: str) -> bool:
    if not body or not content_type:
        return False
    msg.reply_headers += f"Content-Type: {content_type}\r\n"
    msg.reply_body = body
    return True
