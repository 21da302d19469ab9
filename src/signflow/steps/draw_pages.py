"""What a signatory is shown of a revision: its pages as images and its text, drawn from exactly its bytes, once.

They are drawn as soon as the revision is there, so that whoever follows a link need not wait; and when they are asked
for, where that did not come to pass.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial

import structlog

from signflow.blobs import BlobRef
from signflow.rendering.page_images import PAGE_WIDTH_PX, page_count, page_image
from signflow.rendering.reading import item_headings, pages_of_field, read_structure, structure_html
from signflow.rounds.model import Round, Seat
from signflow.steps.ports import Ports

_log = structlog.get_logger()
_MOST_AHEAD = 100  # pages; who reads so far can wait for the next


@dataclass(frozen=True, slots=True)
class Shown:
    """A revision as a signatory sees it: how many pages, its text as HTML, and what its items are called."""

    pages: int
    html: str
    items: tuple[str, ...]


def read_shown(ports: Ports, revision: BlobRef) -> Shown:
    """What exactly these bytes say.

    Raises:
        RefusedError: They cannot be read.
        IntegrityError: They are not the bytes that were kept.
        UnavailableError: The disk cannot be read.
    """

    def draw() -> bytes:
        pdf = ports.blobs.get(revision)
        structure = read_structure(pdf)
        shown = Shown(page_count(pdf), structure_html(structure), item_headings(structure))
        return json.dumps(asdict(shown), ensure_ascii=False).encode()

    kept = json.loads(ports.drawings.get(revision.digest, "text", draw))
    return Shown(kept["pages"], kept["html"], tuple(kept["items"]))


def read_page(ports: Ports, revision: BlobRef, page: int) -> bytes:
    """A page as PNG.

    Args:
        ports: What the step works with.
        revision: Of which.
        page: 1-based.

    Raises:
        NotFoundError: There is no such page.
        RefusedError: The bytes cannot be read.
        IntegrityError: They are not the bytes that were kept.
        UnavailableError: The disk cannot be read.
    """
    return ports.drawings.get(
        revision.digest, _name(page), lambda: page_image(ports.blobs.get(revision), page, PAGE_WIDTH_PX)
    )


def draw_pages(ports: Ports, document_id: str) -> None:
    """Draw what the document's round shows now, and drop what it showed before.

    The last and the least of what follows on a new revision: whatever goes wrong here is logged and stops nothing, since
    what is not drawn now is drawn when somebody asks for it.
    """
    try:
        current = ports.store.load(document_id).round
        if current is None or current.ended:
            return
        _draw(ports, current)
        for digest in current.revisions - {current.current.digest}:
            ports.drawings.drop(digest)
    except Exception as error:  # noqa: BLE001 -- logged whole: the round is open and signed, whatever cannot be drawn
        _log.warning("pages are not drawn ahead", document=document_id, exc_info=error)


def _draw(ports: Ports, current: Round) -> None:
    revision, unchanged = current.current, _unchanged(ports, current)
    pages = min(read_shown(ports, revision).pages, _MOST_AHEAD)
    for page in range(1, pages + 1):
        if page in unchanged:
            ports.drawings.get(revision.digest, _name(page), partial(unchanged.__getitem__, page))
        else:
            read_page(ports, revision, page)


def _unchanged(ports: Ports, current: Round) -> Mapping[int, bytes]:
    """The images of pages that look as they did before the latest signature, as far as they are kept.

    A signature changes how the page looks that has its stamp, and no other: the gate lets nothing else through.
    """
    latest = next((seat for seat in current.seats if _revision(seat) == current.current), None)
    if latest is None:
        return {}
    # each revision begins with the bytes of the one before, so the longest of those before is the last
    earlier = [current.copy, *(found for seat in current.seats if seat is not latest and (found := _revision(seat)))]
    before = max(earlier, key=lambda one: one.size_bytes).digest
    pages, stamped = pages_of_field(ports.blobs.get(current.current), latest.field)
    others = set(range(1, min(pages, _MOST_AHEAD) + 1)) - stamped if stamped else ()
    return {page: image for page in others if (image := ports.drawings.read(before, _name(page)))}


def _revision(seat: Seat) -> BlobRef | None:
    return seat.signature.revision if seat.signature else None


def _name(page: int) -> str:
    return f"{page}.png"
