from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import unquote

import pytest
from archive_samples import LATER, NOW, TEMPLATES, sample_package
from csip_rules import broken_rules
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from regenerate import GOLDEN, current_documents

from signflow.archive.archive import Archive
from signflow.archive.description import build_description, describe, read_description
from signflow.archive.premis import PREMIS_PATH
from signflow.errors import IntegrityError
from signflow.texts import LANGUAGES, Texts

SCHEMAS = Path(__file__).parents[2] / "src" / "signflow" / "archive" / "schemas"
PREMIS = {"premis": "http://www.loc.gov/premis/v3"}
# The rule wants the divisions of representations inside the one named `Representations`; the profile (CSIP105, XPath
# mets/structMap/div/div) wants them beside it, and so does every package the published validators call their own.
CONTRADICTED_BY_THE_PROFILE = {"CSIP105"}


class _Offline(etree.Resolver):
    """METS names XLink's schema by its address; this answers from the folder."""

    def resolve(self, system_url: str, _public_id: str | None, context: object) -> object:
        return self.resolve_filename(str(SCHEMAS / system_url.rsplit("/", maxsplit=1)[-1]), context)


def schema(name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Offline())
    return etree.XMLSchema(etree.parse(str(SCHEMAS / name), parser))


METS_SCHEMA, PREMIS_SCHEMA = schema("mets.xsd"), schema("premis-v3-0.xsd")


def exported(tmp_path: Path, package: object, *, now: object = NOW) -> Path:
    with Archive(tmp_path / "root", tmp_path / "index.db") as archive:
        copy = archive.ingest(package, now=now)  # type: ignore[arg-type]  # what the samples make
        archive.export(copy.document_id, tmp_path / "package")
    return tmp_path / "package"


@given(
    seed=st.integers(0, 10_000),
    title=st.text(min_size=1).filter(lambda title: title.isprintable() or "\n" in title),
    body=st.text(),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mets_and_premis_are_valid_whatever_the_minutes_say(
    tmp_path_factory: pytest.TempPathFactory, seed: int, title: str, body: str
) -> None:
    folder = exported(tmp_path_factory.mktemp("aip"), sample_package(seed, title=title, body=body))
    for file in folder.rglob("METS.xml"):
        METS_SCHEMA.assertValid(etree.parse(str(file)))
    for file in folder.rglob("premis.xml"):
        PREMIS_SCHEMA.assertValid(etree.parse(str(file)))
    etree.parse(str(folder / "metadata/descriptive/dc.xml"))


@pytest.mark.parametrize("seed", range(3))
def test_the_packages_mets_keeps_the_rules_of_csip(tmp_path: Path, seed: int) -> None:
    folder = exported(tmp_path, sample_package(seed))
    assert broken_rules((folder / "METS.xml").read_bytes()) == CONTRADICTED_BY_THE_PROFILE


def test_the_rules_notice_a_broken_mets(tmp_path: Path) -> None:
    mets = (exported(tmp_path, sample_package()) / "METS.xml").read_bytes()
    assert "CSIP1" in broken_rules(mets.replace(b'OBJID="info:signflow/doc-1"', b'OBJID=""'))
    assert "CSIP60" in broken_rules(mets.replace(b'USE="Documentation"', b'USE="Docs"'))


@pytest.mark.oracle("eark-validator")
def test_an_e_ark_validator_accepts_the_structure_and_the_mets(tmp_path: Path) -> None:
    structure = pytest.importorskip("eark_validator.structure")
    mets = pytest.importorskip("eark_validator.mets")
    folder = exported(tmp_path, sample_package())
    report = structure.validate_package_structure(str(folder))
    assert report.status is structure.StructureStatus.WellFormed
    assert not report.errors
    # The only remark: schemas are in the package once, not again in each representation.
    assert {remark.id for remark in report.messages} <= {"CSIPSTR15"}
    for file in folder.rglob("METS.xml"):
        validator = mets.MetsValidator(str(file.parent))
        assert validator.validate_mets("METS.xml"), validator.validation_errors


def test_every_file_is_listed_with_its_digest_and_size(tmp_path: Path) -> None:
    folder = exported(tmp_path, sample_package(4))
    listed = {Path("METS.xml")}
    for document in folder.rglob("METS.xml"):
        for entry in etree.parse(str(document)).iter("{*}file", "{*}mdRef"):
            location = entry if entry.get("CREATED") and "mdRef" in entry.tag else entry[0]
            target = document.parent / unquote(location.get("{http://www.w3.org/1999/xlink}href"))
            data = target.read_bytes()
            assert (entry.get("CHECKSUM"), entry.get("SIZE")) == (hashlib.sha512(data).hexdigest(), str(len(data)))
            listed.add(target.relative_to(folder))
    assert listed == {file.relative_to(folder) for file in folder.rglob("*") if file.is_file()}


def test_premis_tells_the_history_and_the_ingest(tmp_path: Path) -> None:
    premis = etree.parse(str(exported(tmp_path, sample_package()) / PREMIS_PATH))
    types = premis.xpath("//premis:eventType/text()", namespaces=PREMIS)
    assert types == ["creation", "rendering", "digital signature generation", "fixity check", "ingestion"]
    times = premis.xpath("//premis:eventDateTime/text()", namespaces=PREMIS)
    assert times[0] == "2020-01-20T07:00:00Z"
    assert times[-1] == "2020-02-03T12:30:00Z"
    agents = premis.xpath("//premis:agentIdentifierValue/text()", namespaces=PREMIS)
    assert set(premis.xpath("//premis:linkingAgentIdentifierValue/text()", namespaces=PREMIS)) <= set(agents)


def test_equal_packages_at_equal_times_are_equal_bytes(tmp_path: Path) -> None:
    folders = [exported(tmp_path / name, sample_package(7)) for name in ("a", "b")]
    trees = [{f.relative_to(folder): f.read_bytes() for f in folder.rglob("*") if f.is_file()} for folder in folders]
    assert trees[0] == trees[1]
    later = exported(tmp_path / "c", sample_package(7), now=LATER)
    differing = {path for path, data in trees[0].items() if (later / path).read_bytes() != data}
    assert {path.name for path in differing} == {"METS.xml", "premis.xml"}


@given(st.integers(0, 10_000))
def test_a_description_reads_back(seed: int) -> None:
    description = describe(sample_package(seed))
    assert read_description(build_description(description)) == description


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": "other/9"}', b"\xff"])
def test_a_description_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(IntegrityError) as refused:
        read_description(data)
    assert refused.value.code == "archive-description-unreadable"


def test_both_languages_have_the_same_sentences() -> None:
    keys = [{key for key in Texts(TEMPLATES, language).keys() if key.startswith("archive.")} for language in LANGUAGES]  # noqa: SIM118 — the catalogue is no mapping
    assert keys[0] == keys[1] != set()


def test_the_documents_are_those_on_file() -> None:
    """A difference is either meant (`python tests/archive/regenerate.py`) or a change of the archive's format."""
    for name, data in current_documents().items():
        assert data.decode() == (GOLDEN / name).read_text("utf-8"), name


def test_the_page_for_readers_says_the_same_in_both_languages() -> None:
    text = " ".join((GOLDEN / "README.txt").read_text("utf-8").split())
    for words in ("Om det här arkivpaketet", "About this archival package", "16 januari 2020", "16 January 2020"):
        assert words in text
    assert text.count("representations/signed/data/minutes.pdf") == 2
