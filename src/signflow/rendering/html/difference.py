"""The difference between two versions as a page: decisions first, changes told in words as well as in looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from signflow.minutes.difference.compare import Difference, PersonChange
from signflow.minutes.difference.items import ItemChange
from signflow.minutes.difference.lines import Change, Kind, LineChange, Piece
from signflow.rendering.copies import LANGUAGE_TAGS
from signflow.rendering.house.style import HouseStyle
from signflow.rendering.html.difference_words import kind_of, standing_of, summary
from signflow.rendering.html.page import Page
from signflow.rendering.html.text import direction, element, escaped
from signflow.texts import Texts

_TAGS = {Change.ADDED: "ins", Change.REMOVED: "del"}


def render_difference(  # noqa: PLR0913 -- what the page depends on, all of it named
    difference: Difference, style: HouseStyle, texts: Texts, page: Page, *, old: str, new: str
) -> str:
    """The difference as one whole page in the texts' language; every word of the minutes is inert.

    Args:
        difference: What changed.
        style: The page's colours and organisation.
        texts: The page's words.
        page: The template around it.
        old: What the old version is called.
        new: What the new one is called.

    Raises:
        SettingsError: The template cannot be filled in (`copy-template-unusable`).
    """
    versions = texts("difference.versions", old=old, new=new)
    head = element("h1", escaped(texts("difference.title"))) + element("p", escaped(versions), class_="versions")
    body = f"{head}\n{difference_html(difference, texts)}"
    title = f"{texts('difference.title')}: {versions}"
    return page.written(body, style, texts, title=title, language=LANGUAGE_TAGS[texts.language])


def difference_html(difference: Difference, texts: Texts) -> str:
    """The difference as sections to stand under a page's `h1`; every word of the minutes is inert."""
    return "\n".join(_Telling(texts).parts(difference))


class _Telling:
    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def parts(self, difference: Difference) -> Iterable[str]:
        if difference.same:
            yield element("p", escaped(self._texts("difference.same")), class_="lead")
            return
        pairs = (
            element("div", element("dt", escaped(name)) + element("dd", escaped(items)))
            for name, items in summary(difference, self._texts)
        )
        if difference.items:
            yield element("dl", "\n".join(pairs), class_="facts summary")
        if difference.reordered:
            yield element("p", escaped(self._texts("difference.reordered")))
        yield self._section("front", difference.front)
        if difference.people:
            told = "\n".join(map(self._person, difference.people))
            yield element("section", self._heading(2, self._texts("difference.part.people")) + told)
        yield from (self._item(item) for item in difference.items if item.is_news)
        yield self._section("closing", difference.closing)

    def _section(self, part: str, lines: Sequence[LineChange]) -> str:
        if not lines:
            return ""
        heading = self._heading(2, self._texts(f"difference.part.{part}"))
        return element("section", heading + "\n".join(map(self._line, lines)))

    def _item(self, item: ItemChange) -> str:
        name = self._words(item.heading) if item.heading else escaped(f"{item.label} {item.title}".strip())
        chip = element("span", escaped(self._texts(f"difference.change.{item.change}")), class_=f"chip {item.change}")
        told = [element("h2", f"{name} {chip}" if item.change is not Change.SAME else name)]
        told += [element("p", escaped(self._texts(f"difference.{key}"))) for key in _remarks(item)]
        for part, lines in (("decisions", item.decisions), ("others", item.others)):
            if lines:
                told.append(self._heading(3, self._texts(f"difference.part.{part}")))
                told += map(self._line, lines)
        return element("section", "\n".join(told))

    def _line(self, line: LineChange) -> str:
        is_decision = line.kind is Kind.DECISION  # as the heading above says
        kind = "" if is_decision else element("p", escaped(kind_of(line, self._texts)), class_="kind")
        text = element("p", self._words(line.pieces), dir=direction("".join(piece.text for piece in line.pieces)))
        remark = element("p", escaped(self._texts("difference.unseen")), class_="kind") if line.only_unseen else ""
        return element("div", kind + text + remark, class_=f"line {line.change}")

    def _person(self, person: PersonChange) -> str:
        standing = element("p", escaped(standing_of(person, self._texts)), class_="kind")
        return element("div", standing + element("p", self._words(person.pieces)), class_=f"line {person.change}")

    def _words(self, pieces: Sequence[Piece]) -> str:
        return " ".join(map(self._piece, pieces))

    def _piece(self, piece: Piece) -> str:
        if piece.change is Change.SAME:
            return escaped(piece.text)
        label = escaped(self._texts(f"difference.words.{piece.change}"))
        spoken = (
            element("span", f"[{label}: ", class_="unseen")
            + escaped(piece.text)
            + element("span", "]", class_="unseen")
        )
        return element(_TAGS[piece.change], spoken)

    def _heading(self, level: int, text: str) -> str:
        return element(f"h{level}", escaped(text))


def _remarks(item: ItemChange) -> list[str]:
    """The sentences, by name, that the changed lines do not tell."""
    return [name for name, holds in (("moved", item.moved), ("reordered", item.reordered)) if holds]
