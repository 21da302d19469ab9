"""What a file's objects make up: its pages with their annotations, and everything that is drawn.

Source: ISO 32000-1, 7.7 (document structure), 7.8.3 (resources), 12.5.5 (appearances).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from signflow.rendering.preflight.content import Content, read_content
from signflow.rendering.preflight.file import PdfFile, TooMuchError
from signflow.rendering.preflight.finding import Finding, found
from signflow.rendering.preflight.syntax import Dictionary, Ref, Stream, Value

_DEEPEST = 64  # nodes of a tree of pages, fields or names inside each other
MOST_PAGES = 20_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        number: 1-based.
        dictionary: The page's own.
    """

    number: int
    dictionary: Dictionary


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation on a page.

    Attributes:
        page: That page.
        dictionary: The annotation's own.
    """

    page: Page
    dictionary: Dictionary


@dataclass(frozen=True, slots=True)
class Drawing:
    """A content stream, with what it draws from.

    Attributes:
        content: What it does.
        holder: The page or the form that it is the content of.
        resources: Named by the holder itself; never inherited.
        page: The number of the first page that shows it.
        is_page: Whether it is a page's own content.
        is_appearance: Whether it is, or is drawn by, an annotation's appearance.
    """

    content: Content
    holder: Dictionary
    resources: Dictionary
    page: int
    is_page: bool
    is_appearance: bool


class Document:
    """A file as a document, or what a revision changed in it.

    Args:
        file: Its objects.
        changed: The numbers of those that are looked at; all of them if left out. Annotations are then those among them,
            and what is drawn is what these draw.

    Attributes:
        file: Its objects.
        numbers: Of the objects that are looked at.
        findings: What is wrong with how the document is put together; complete once `pages` and `drawings` are read.
    """

    def __init__(self, file: PdfFile, changed: Collection[int] | None = None) -> None:
        self.file = file
        self.numbers: Collection[int] = file.entries.keys() if changed is None else changed
        self._is_whole = changed is None
        self.findings: list[Finding] = []

    @cached_property
    def catalog(self) -> Dictionary:
        """The catalog; empty where there is none."""
        return self.file.dictionary(self.file.trailer, "Root")

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages in order."""
        found_pages: list[Page] = []
        seen: set[int] = set()
        waiting: list[Value] = [self.catalog.get("Pages")]
        while waiting:
            if len(found_pages) >= MOST_PAGES:
                raise TooMuchError
            reference = waiting.pop()
            node = self.file.resolve(reference)
            if not isinstance(reference, Ref) or not isinstance(node, Dictionary) or reference.number in seen:
                self.findings.append(found("pages-broken", reference.number if isinstance(reference, Ref) else None))
                continue
            seen.add(reference.number)
            if "Kids" in node:
                waiting += reversed(self.file.array(node, "Kids"))
            else:
                found_pages.append(Page(len(found_pages) + 1, node))
        return tuple(found_pages)

    @cached_property
    def annotations(self) -> tuple[Annotation, ...]:
        """The annotations of all pages that are looked at."""
        return tuple(
            Annotation(page, one)
            for page in self.pages
            for reference in self.file.array(page.dictionary, "Annots")
            if not isinstance(reference, Ref) or reference.number in self.numbers
            for one in self.file.dictionaries([reference])
        )

    @cached_property
    def form(self) -> Dictionary:
        """The interactive form; empty where there is none."""
        return self.file.dictionary(self.catalog, "AcroForm")

    @cached_property
    def fields(self) -> tuple[Dictionary, ...]:
        """All fields of the form, those that hold others too."""
        return tuple(self._tree(self.file.array(self.form, "Fields"), "Kids"))

    def name_tree(self, root: Dictionary) -> Iterator[Value]:
        """The values of a name tree."""
        for node in self._tree([root], "Kids"):
            yield from self.file.array(node, "Names")[1::2]

    def number_tree(self, root: Dictionary) -> dict[int, Value]:
        """The entries of a number tree."""
        entries: dict[int, Value] = {}
        for node in self._tree([root], "Kids"):
            pairs = self.file.array(node, "Nums")
            entries.update(
                (key, value) for key, value in zip(pairs[::2], pairs[1::2], strict=False) if isinstance(key, int)
            )
        return entries

    def siblings(self, first: Value) -> Iterator[Dictionary]:
        """Bookmarks: the one given, those that follow it, and all those below."""
        seen: set[int] = set()
        waiting = [first]
        while waiting:
            one = self.file.resolve(waiting.pop())
            if isinstance(one, Dictionary) and id(one) not in seen:
                seen.add(id(one))
                yield one
                waiting += [one.get("Next"), one.get("First")]

    @cached_property
    def drawings(self) -> tuple[Drawing, ...]:
        """Everything that is drawn: pages, the forms that they draw, and the appearances of annotations; each once."""
        seen: set[int] = set()
        drawings: list[Drawing] = []
        for page in self.pages if self._is_whole else ():
            content = self._page_content(page.dictionary)
            resources = self.file.dictionary(page.dictionary, "Resources")
            drawing = Drawing(self._read(content, resources), page.dictionary, resources, page.number, True, False)
            drawings.append(drawing)
            drawings += self._forms(drawing, seen)
        for annotation in self.annotations:
            for stream in self.appearances(annotation.dictionary):
                if stream.start not in seen:
                    seen.add(stream.start)
                    drawing = self._form(stream, annotation.page.number, is_appearance=True)
                    drawings.append(drawing)
                    drawings += self._forms(drawing, seen)
        return tuple(drawings)

    def appearances(self, annotation: Dictionary) -> Iterator[Stream]:
        """The streams of an annotation's appearances in all their states."""
        for one in self.file.dictionaries(list(self.file.dictionary(annotation, "AP").values())):
            for stream in [one] if isinstance(one, Stream) else self.file.dictionaries(list(one.values())):
                if isinstance(stream, Stream):
                    yield stream

    def _forms(self, drawing: Drawing, seen: set[int]) -> Iterator[Drawing]:
        """The forms that content draws, and those that these draw; each once in a document."""
        waiting = [drawing]
        while waiting:
            outer = waiting.pop()
            objects = self.file.dictionary(outer.resources, "XObject")
            for name in sorted(outer.content.used.get("XObject", ())):
                stream = self.file.stream(objects, name)
                if stream is None or self.file.name(stream, "Subtype") != "Form" or stream.start in seen:
                    continue
                seen.add(stream.start)
                form = self._form(stream, outer.page, is_appearance=outer.is_appearance)
                waiting.append(form)
                yield form

    def _form(self, stream: Stream, page: int, *, is_appearance: bool) -> Drawing:
        resources = self.file.dictionary(stream, "Resources")
        content = self._read(self.file.decoded(stream) or b"", resources)
        return Drawing(content, stream, resources, page, False, is_appearance)

    def _page_content(self, page: Dictionary) -> bytes:
        contents = self.file.entry(page, "Contents")
        parts = contents if isinstance(contents, list) else [contents]
        streams = (one for one in map(self.file.resolve, parts) if isinstance(one, Stream))
        return b"\n".join(self.file.decoded(stream) or b"" for stream in streams)

    def _read(self, content: bytes, resources: Dictionary) -> Content:
        self.file.spend(len(content))
        properties = self.file.dictionary(resources, "Properties")
        return read_content(content, {name: self.file.resolve(value) for name, value in properties.items()})

    def _tree(self, roots: list[Value], key: str) -> Iterator[Dictionary]:
        """The nodes of a tree, each once, from the top down."""
        seen: set[int] = set()
        waiting = [(root, 0) for root in reversed(roots)]
        while waiting:
            value, depth = waiting.pop()
            node = self.file.resolve(value)
            if isinstance(node, Dictionary) and id(node) not in seen and depth < _DEEPEST:
                seen.add(id(node))
                yield node
                waiting += [(kid, depth + 1) for kid in reversed(self.file.array(node, key))]
