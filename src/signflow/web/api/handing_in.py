"""Handing drafts in: the same bytes handed in again are the same draft, so that a program may try again."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from starlette.responses import Response

from signflow.blobs import DOCX, MARKDOWN, BlobRef
from signflow.errors import NotFoundError, RefusedError
from signflow.rounds.access import EVERYWHERE, Act, may, reach
from signflow.rounds.work import WorkKind
from signflow.steps.foreign_drafts import foreign_draft
from signflow.steps.intake import final_text, take_draft
from signflow.steps.ports import Ports
from signflow.web.api.door import as_json
from signflow.web.api.models import Digest
from signflow.web.api.operation import Call, File, Given, Operation, Told
from signflow.web.api.problems import PLACE, refused
from signflow.web.doors import actor, document_of, visitor
from signflow.web.pages import Pages

_ACCEPTED = 202
_DRAFT = File((MARKDOWN, "text/plain", DOCX, "application/octet-stream"), "The draft; what it is, its bytes tell.")


class DraftParameters(Given):
    """What a draft comes with."""

    filename: str = Field(  # its last part is kept, without what cannot be printed
        min_length=1,
        max_length=200,
        description="The file's name. A draft under the name of a document that is still in draft or review, and of the same "
        "meeting, is its new version.",
        examples=["miljonamnden-2026-05-06.docx"],
    )


class DraftTold(Told):
    """A draft on its way to become a document, or a version of one."""

    digest: Digest
    state: Literal["reading", "registered"]
    document: str | None = Field(description="The document that it has become; null while it is read.")


class HandingIn:
    """`/documents`, `/documents/…/versions` and `/drafts/…`."""

    def __init__(self, ports: Ports, pages: Pages) -> None:
        self._ports = ports
        self._pages = pages

    def operations(self) -> list[Operation]:
        """What can be asked."""
        again = "Handing the same bytes in again changes nothing: no key is needed to try again."
        return [
            Operation(
                "handInDraft",
                "POST",
                "/documents",
                Act.HAND_IN,
                "Hand in a draft",
                f"It is kept and read in turn; the header Location says where to see what it has become. {again} One of "
                "a body that the token is not for is refused (403).",
                self.take,
                DraftTold,
                _ACCEPTED,
                DraftParameters,
                _DRAFT,
            ),
            Operation(
                "handInVersion",
                "POST",
                "/documents/{document}/versions",
                Act.HAND_IN,
                "Hand in a new version",
                f"A round of signing that is open ends, and those who had a link are told. {again}",
                self.take_version,
                DraftTold,
                _ACCEPTED,
                DraftParameters,
                _DRAFT,
                (409,),
            ),
            Operation(
                "getDraft",
                "GET",
                "/drafts/{digest}",
                Act.HAND_IN,
                "See what a draft has become",
                "404 for one that is no draft, or that has become a document which the token does not reach.",
                self.arriving,
                DraftTold,
                problems=(404,),
                values={"digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
            ),
        ]

    def take(self, call: Call) -> Response:
        """Take a draft in."""
        return self._take(call, "")

    def take_version(self, call: Call) -> Response:
        """Take a new text of a document in."""
        document = document_of(call.request)
        refusal = final_text(document)
        if refusal:
            return refused(self._pages.texts_for(call.request), refusal)
        return self._take(call, document.id)

    def arriving(self, call: Call) -> DraftTold:
        """The document that a draft has become, or that it is still read."""
        digest = str(call.request.path_params["digest"])
        document = self._ports.store.find_by_source(digest)
        reading = document is None and self._is_read(call, digest)
        if document is None and not reading:  # it may have become a document between the two looks
            document = self._ports.store.find_by_source(digest)
        if document and may(visitor(call.request), Act.HAND_IN, document):
            return DraftTold(digest=digest, state="registered", document=document.id)
        if not reading:
            raise NotFoundError("no-such-draft")
        return DraftTold(digest=digest, state="reading", document=None)

    def _take(self, call: Call, document_id: str) -> Response:
        if not call.data:
            raise RefusedError("upload-missing")
        filename = call.given(DraftParameters).filename
        person = visitor(call.request)
        foreign = foreign_draft(self._ports, call.data, filename, person)
        if foreign:
            return refused(self._pages.texts_for(call.request), foreign)
        within = reach(person, Act.HAND_IN)
        source = take_draft(self._ports, call.data, filename, actor(call.request), document_id, within)
        told = DraftTold(digest=source.digest, state="reading", document=document_id or None)
        return as_json(told, _ACCEPTED, {"Location": _place(source)})

    def _is_read(self, call: Call, digest: str) -> bool:
        """Whether it is read now; told to whoever handed it in, and to who sees all, since nobody knows its body yet."""
        person = visitor(call.request)
        whole = reach(person, Act.HAND_IN) >= EVERYWHERE
        return any(
            work.work.args.get("digest") == digest and (whole or work.work.args.get("by") == person.name)
            for work in self._ports.store.open_work()
            if work.work.kind is WorkKind.REGISTER_DRAFT
        )


def _place(source: BlobRef) -> str:
    return f"{PLACE}/drafts/{source.digest}"
