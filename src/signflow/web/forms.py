"""Reading what a form sends, and doing the act it asks for in a thread."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from signflow.errors import RefusedError

SEE_OTHER = 303  # the act is done: look there, and looking again does not do it again
CONFLICT = 409  # what the form is about has changed since it was opened
UNPROCESSABLE = 422  # the form is understood, and cannot be done as it stands
_MOST_FIELDS = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a form; no name and no bytes where none was chosen."""

    filename: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """What a form sent, each field once."""

    fields: Mapping[str, str]
    uploads: Mapping[str, Upload]

    def text(self, name: str) -> str:
        """A field; empty if it did not come."""
        return self.fields.get(name, "")


def taking_form(
    act: Callable[[Request, Form], Response], most_fields: int = _MOST_FIELDS
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that reads the form and then acts, in a thread since acting waits for disks.

    Raises:
        RefusedError: A file was to come and none did, or the form is not one of ours (by Starlette, 400).
    """

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(act, request, await read_form(request, most_fields))

    return endpoint


async def read_form(request: Request, most_fields: int) -> Form:
    """What the form sent.

    Raises:
        RefusedError: It is larger than its page has use for (by the guard), or not one of ours (by Starlette, 400).
    """
    async with request.form(max_files=1, max_fields=most_fields) as sent:
        fields: dict[str, str] = {}
        uploads: dict[str, Upload] = {}
        for name, value in sent.items():
            if isinstance(value, UploadFile):
                uploads[name] = Upload(value.filename or "", await value.read())
            else:
                fields[name] = value
    return Form(fields, uploads)


def uploaded(form: Form, name: str) -> Upload:
    """The file that was chosen.

    Raises:
        RefusedError: None was, or it is empty.
    """
    upload = form.uploads.get(name)
    if upload is None or not upload.filename or not upload.data:
        raise RefusedError("upload-missing")
    return upload
