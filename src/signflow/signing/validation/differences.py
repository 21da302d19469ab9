"""What a later revision did to a PDF: only what signing leaves behind, by a closed list, or something else.

For each later revision only the objects that it wrote are looked at. All of it must be explained:

1. Its bytes are its objects, one after the other, and its table of references: nothing between them, nothing hidden, no
   object freed, no table of an earlier revision left out.
2. An empty signature field got its value and, in its own rectangle, its appearance.
3. A new signature field without any area was put into the form and on its page.
4. Certificates and revocation data were added to the document security store; none were taken away.

A new object must stand in one of these places and in no other: references from older revisions to a number that did not
exist yet, or a second use of a list that grows, would let the addition appear somewhere else.

Source: ISO 32000-2, 12.8.2.2.2; Mladenov, Mainka, Rohlmann, Schwenk, "Shadow Attacks", NDSS 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from signflow.signing.report import Change
from signflow.signing.validation.form import form_numbers
from signflow.signing.validation.kinds import find_kinds
from signflow.signing.validation.layout import continues, is_as_listed, is_direct
from signflow.signing.validation.objects import MalformedError, Name, Ref, Stream, Value
from signflow.signing.validation.references import Holders, references
from signflow.signing.validation.revisions import Document, Revision

_DEEPEST = 32
_FIELD_KEYS = {"/FT", "/T", "/TU", "/Type", "/Subtype", "/F", "/Rect", "/P", "/V"}
_VALUE_KEYS = {
    *("/Type", "/Filter", "/SubFilter", "/Contents", "/ByteRange", "/M", "/Name", "/Reason", "/Location"),
    *("/ContactInfo", "/Prop_Build", "/V"),
}
_EVIDENCE_KEYS = {"/Type", "/Length", "/Filter", "/DecodeParms"}
_STORE_LISTS = ("/Certs", "/CRLs", "/OCSPs")
_ENTRY_LISTS = ("/Cert", "/CRL", "/OCSP")
_APPEARANCE_BARRED = {"/OC", "/Ref", "/AF", "/OPI", "/Metadata", "/StructParent", "/StructParents"}
_MOST_SIGNATURE_FLAGS = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """What one revision did.

    Attributes:
        only_signing: Everything it did is on the closed list.
        changes: What kinds of things, when `only_signing`; else what can be told from its objects.
        fields: Numbers of the fields that got a value, when `only_signing`.
    """

    only_signing: bool
    changes: frozenset[Change]
    fields: frozenset[int] = frozenset()


class _OtherChangeError(Exception):
    """Something that is not on the list."""


def find_difference(document: Document, index: int, holders: Holders) -> Difference:
    """What the revision of that index, not the first, did to those before it. Never raises for what a file holds."""
    try:
        return _Explanation(document, index, holders).explain()
    except (_OtherChangeError, MalformedError):
        return Difference(only_signing=False, changes=find_kinds(document, index))


@dataclass
class _Explanation:
    """The objects of one revision, each of which needs a place on the list."""

    document: Document
    index: int
    holders: Holders
    explained: set[int] = field(default_factory=set)
    changes: set[Change] = field(default_factory=set)
    fields: set[int] = field(default_factory=set)

    def explain(self) -> Difference:
        revision, before = self.document.revisions[self.index], self.document.revisions[self.index - 1]
        self._touched = {number for number, entry in revision.entries.items() if number or entry.kind != "free"}
        # 1
        _require(is_as_listed(self.document, revision) and continues(revision, before))
        self.added = {number for number in self._touched if self.document.entry(number, self.index - 1) is None}
        size = before.trailer.get("/Size")
        _require(isinstance(size, int) and all(number >= size for number in self.added))
        _require(not any(self.holders.of(number, self.index) for number in self.added))
        self._explain_structure(revision)
        # 2, 3, 4
        old, new = self._catalogues(revision)
        self._explain_form(old.get("/AcroForm"), new.get("/AcroForm"))
        for number in sorted(self._touched - self.explained - self.added):
            self._explain_filled(number)
        self._explain_store(old.get("/DSS"), new.get("/DSS"), new)
        _require(self._touched <= self.explained)
        return Difference(True, frozenset(self.changes), frozenset(self.fields))

    def old(self, value: Value) -> Value:
        return self.document.resolved(value, self.index - 1)

    def new(self, value: Value) -> Value:
        return self.document.resolved(value, self.index)

    def _once(self, number: int) -> None:
        """A new object has one place."""
        _require(number in self.added and number not in self.explained)
        self.explained.add(number)

    def _explain_structure(self, revision: Revision) -> None:
        containers = {entry.place for entry in revision.entries.values() if entry.kind == "packed"}
        if revision.stream:
            containers |= {number for number, one in revision.entries.items() if one.place == revision.table_start}
        for number in containers & revision.entries.keys():
            self._once(number)

    def _catalogues(self, revision: Revision) -> tuple[dict[str, Value], dict[str, Value]]:
        root = revision.trailer.get("/Root")
        old, new = self.old(root), self.new(root)
        if not isinstance(root, Ref) or not isinstance(old, dict) or not isinstance(new, dict):
            raise _OtherChangeError
        self._root = root.number
        if root.number in revision.entries:
            _require(_without(old, "/DSS", "/AcroForm") == _without(new, "/DSS", "/AcroForm"))
            self.explained.add(root.number)
        return old, new

    def _is_touched(self, value: Value) -> bool:
        return isinstance(value, Ref) and value.number in self.document.revisions[self.index].entries

    def _grown(self, old: Value, new: Value, holder: int, holder_value: Value) -> list[Value]:
        """What was appended to a list that nothing else uses."""
        old_list, new_list = self.old(old) if old is not None else [], self.new(new)
        if new is None and old is None:
            return []
        if not isinstance(old_list, list) or not isinstance(new_list, list):
            raise _OtherChangeError
        if isinstance(old, Ref) or isinstance(new, Ref):
            _require(old == new)
        if self._is_touched(new) and isinstance(new, Ref):
            self._require_sole_holder(new, holder, holder_value)
            self.explained.add(new.number)
        _require(new_list[: len(old_list)] == old_list)
        return new_list[len(old_list) :]

    def _require_sole_holder(self, ref: Ref, holder: int, holder_value: Value) -> None:
        _require(self.holders.of(ref.number, self.index) <= {holder})
        _require(sum(one.number == ref.number for one in references(holder_value)) == 1)

    def _explain_form(self, old_form: Value, new_form: Value) -> None:
        """3."""
        old, new, holder = self.old(old_form), self.new(new_form), self._root
        if isinstance(old_form, Ref) or isinstance(new_form, Ref):
            _require(old_form == new_form)
            holder = old_form.number if isinstance(old_form, Ref) else holder
        if old is None and new is None:
            return
        if not isinstance(old, dict) or not isinstance(new, dict):
            raise _OtherChangeError
        _require(_without(old, "/SigFlags", "/Fields") == _without(new, "/SigFlags", "/Fields"))
        flags, before = new.get("/SigFlags", 0), old.get("/SigFlags", 0)
        if not isinstance(flags, int) or not isinstance(before, int):
            raise _OtherChangeError
        _require(0 <= flags <= _MOST_SIGNATURE_FLAGS and flags & before == before)
        if holder != self._root and holder in self.document.revisions[self.index].entries:
            self.explained.add(holder)
        fields = self._grown(old.get("/Fields"), new.get("/Fields"), holder, new)
        pages: dict[int, list[Value]] = {}
        for one in fields:
            page = self._explain_new_field(one)
            pages.setdefault(page, []).append(one)
        for page, widgets in pages.items():
            self._explain_page(Ref(page, 0), widgets)

    def _explain_new_field(self, ref: Value) -> int:
        widget = self.new(ref)
        if not isinstance(ref, Ref) or not isinstance(widget, dict) or widget.keys() - _FIELD_KEYS:
            raise _OtherChangeError
        self._once(ref.number)
        rectangle, page = widget.get("/Rect"), widget.get("/P")
        _require(widget.get("/FT") == Name("/Sig") and widget.get("/Subtype") == Name("/Widget"))
        _require(isinstance(widget.get("/T"), bytes) and _has_no_area(rectangle))
        _require(is_direct(_without(widget, "/P", "/V")))
        if not isinstance(page, Ref) or page.generation:
            raise _OtherChangeError
        self._explain_value(ref.number, widget.get("/V"))
        return page.number

    def _explain_page(self, ref: Ref, widgets: list[Value]) -> None:
        old, new = self.old(ref), self.new(ref)
        if not isinstance(old, dict) or not isinstance(new, dict) or old.get("/Type") != Name("/Page"):
            raise _OtherChangeError
        _require(_without(old, "/Annots") == _without(new, "/Annots"))
        if ref.number in self.document.revisions[self.index].entries:
            self.explained.add(ref.number)
        _require(self._grown(old.get("/Annots"), new.get("/Annots"), ref.number, new) == widgets)

    def _explain_filled(self, number: int) -> None:
        """2: only its value and its appearance differ."""
        ref = Ref(number, 0)
        old = self.old(ref)
        if not isinstance(old, dict) or old.get("/FT") != Name("/Sig") or old.get("/Subtype") != Name("/Widget"):
            return  # perhaps part of the document security store; if not, it stays unexplained
        new = self.new(ref)
        if not isinstance(new, dict):
            raise _OtherChangeError
        _require(old.get("/V") is None and not {"/Kids", "/Lock", "/SV", "/A", "/AA"} & old.keys())
        _require(_without(old, "/V", "/AP") == _without(new, "/V", "/AP"))
        _require(isinstance(old.get("/T"), bytes) and number in form_numbers(self.document, self.index - 1))
        self.explained.add(number)
        self._explain_value(number, new.get("/V"))
        appearance = new.get("/AP")
        if appearance != old.get("/AP"):
            if isinstance(appearance, Ref):
                self._once(appearance.number)
                appearance = self.new(appearance)
            if not isinstance(appearance, dict) or appearance.keys() != {"/N"}:
                raise _OtherChangeError
            _require(isinstance(self.new(appearance["/N"]), Stream))
            self._explain_appearance(appearance, set(), 0)

    def _explain_value(self, number: int, ref: Value) -> None:
        value = self.new(ref)
        if not isinstance(ref, Ref) or not isinstance(value, dict):
            raise _OtherChangeError
        self._once(ref.number)
        _require(not value.keys() - _VALUE_KEYS and is_direct(value))
        stamp = value.get("/Type") == Name("/DocTimeStamp")
        _require(stamp or value.get("/Type", "/Sig") == Name("/Sig"))
        self.changes.add(Change.DOCUMENT_TIMESTAMP if stamp else Change.SIGNATURE)
        self.fields.add(number)

    def _explain_appearance(self, value: Value, seen: set[int], depth: int) -> None:
        """New objects, and any older ones that this revision does not touch."""
        _require(depth < _DEEPEST)
        if isinstance(value, Ref):
            if value.number in seen:
                return
            seen.add(value.number)
            target = self.new(value)
            _require(target is not None)  # nothing that a later revision could fill in
            if not self._is_touched(value):
                return
            self._once(value.number)
            value = target
        if isinstance(value, Stream):
            value = value.head
        if isinstance(value, dict):
            _require(not value.keys() & _APPEARANCE_BARRED)
            value = list(value.values())
        for one in value if isinstance(value, list) else ():
            if isinstance(one, Ref | list | dict):
                self._explain_appearance(one, seen, depth + 1)

    def _explain_store(self, old: Value, new: Value, catalogue: dict[str, Value]) -> None:
        """4. Source: ETSI EN 319 142-1, 5.4.2."""
        if old == new and self._touched <= self.explained:
            return
        old_store, new_store, holder = self._container(old, new, self._root, catalogue)
        if not isinstance(new_store, dict) or new_store.keys() - {"/Type", "/VRI", *_STORE_LISTS}:
            raise _OtherChangeError
        old_store = _dict(old_store)
        self.changes.add(Change.VALIDATION_DATA)
        _require(new_store.get("/Type", "/DSS") == Name("/DSS"))
        known = {ref for key in _STORE_LISTS for ref in _refs(self.old(old_store.get(key)))}
        for key in _STORE_LISTS:
            known |= self._explain_evidence(old_store.get(key), new_store.get(key), holder, new_store, known)
        entries, new_entries, holder = self._container(old_store.get("/VRI"), new_store.get("/VRI"), holder, new_store)
        entries, new_entries = _dict(entries), _dict(new_entries)
        _require(entries.keys() <= new_entries.keys())
        for name, new_entry in new_entries.items():
            self._explain_entry(entries.get(name), new_entry, holder, new_entries, known)

    def _explain_entry(
        self, old: Value, new: Value, holder: int, holder_value: dict[str, Value], known: set[Ref]
    ) -> None:
        old, new, holder = self._container(old, new, holder, holder_value)
        old, new = _dict(old), _dict(new)
        _require(not new.keys() - {"/Type", "/TU", *_ENTRY_LISTS} and old.keys() <= new.keys())
        _require(is_direct(_without(new, *_ENTRY_LISTS)))
        for key in _ENTRY_LISTS:
            _require(self._explain_evidence(old.get(key), new.get(key), holder, new, known) <= known)

    def _explain_evidence(
        self, old: Value, new: Value, holder: int, holder_value: dict[str, Value], known: set[Ref]
    ) -> set[Ref]:
        """A list of streams that keeps all that it had; what is new in it is new in the file, or stood there before."""
        old, new, _ = self._container(old, new, holder, holder_value)
        before, after = _refs(old), _refs(new)
        _require(before <= after)
        for ref in after - before - known:
            stream = self.new(ref)
            if not isinstance(stream, Stream):
                raise _OtherChangeError
            self._once(ref.number)
            _require(not stream.head.keys() - _EVIDENCE_KEYS and is_direct(stream.head))
        return after

    def _container(
        self, old: Value, new: Value, holder: int, holder_value: dict[str, Value]
    ) -> tuple[Value, Value, int]:
        """A list or dictionary of the store, before and after, and the object that it stands in."""
        if isinstance(new, Ref):
            if new != old:
                self._once(new.number)
            elif self._is_touched(new):
                self._require_sole_holder(new, holder, holder_value)
                self.explained.add(new.number)
            holder = new.number
        return self.old(old), self.new(new), holder


def _require(condition: bool) -> None:  # noqa: FBT001 - a sentence
    if not condition:
        raise _OtherChangeError


def _without(value: Mapping[str, Value], *keys: str) -> dict[str, Value]:
    return {key: one for key, one in value.items() if key not in keys}


def _dict(value: Value) -> dict[str, Value]:
    _require(value is None or isinstance(value, dict))
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> list[Value]:
    _require(value is None or isinstance(value, list))
    return value if isinstance(value, list) else []


def _refs(value: Value) -> set[Ref]:
    found = {one for one in _list(value) if isinstance(one, Ref)}
    _require(len(found) == len(_list(value)))
    return found


def _has_no_area(rectangle: Value) -> bool:
    if not isinstance(rectangle, list) or len(rectangle) != 4:
        return False
    left, bottom, right, top = rectangle
    return all(isinstance(one, int | float) for one in rectangle) and (left == right or bottom == top)
