"""From a package to the files of an AIP: what was given, and everything that describes it.

The order matters: the content first, then PREMIS, which names the content's digests; then the METS of each
representation, which names its PREMIS; the package's METS last, which names them all.

Source: E-ARK CSIP 2.1, 4 (folder structure) and 5 (use of metadata); E-ARK AIP 2.1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from signflow.archive.description import (
    DESCRIPTION_PATH,
    DUBLIN_CORE_PATH,
    build_description,
    build_dublin_core,
    describe,
)
from signflow.archive.mets import METS_NAME, FileGroup, MetadataFile, MetsContent, build_mets
from signflow.archive.ocfl_object import Staging
from signflow.archive.package import CONTENT_ROLES, PROVENANCE_ROLES, ArchivalPackage, FileRole
from signflow.archive.premis import (
    PREMIS_PATH,
    DescribedFile,
    PackagePremis,
    build_package_premis,
    build_representation_premis,
    ingest_events,
)

_XML = "application/xml"
_JSON = "application/json"
_DESCRIPTION_KIND = "signflow description"


def stage_package(
    staging: Staging, package: ArchivalPackage, object_id: str, schemas: Mapping[str, bytes], now: dt.datetime
) -> None:
    """Stage every file of the AIP; what the package gave has been read back before PREMIS says so.

    Raises:
        OSError: A file cannot be read or written.
        IntegrityError: `archive-write-corrupted`.
    """
    _Aip(staging, package, object_id, now).stage(schemas)


@dataclass(frozen=True, slots=True)
class _Aip:
    """An AIP in the making."""

    staging: Staging
    package: ArchivalPackage
    object_id: str
    now: dt.datetime

    def stage(self, schemas: Mapping[str, bytes]) -> None:
        given: dict[FileRole, list[DescribedFile]] = {role: [] for role in FileRole}
        for file in self.package.files:
            digests = self.staging.add(file.path, file.content)
            given[file.role].append(DescribedFile(file.path, file.media_type, digests))
        self.staging.verify()
        representations = [str(role) for role in CONTENT_ROLES if given[role]]
        groups = [
            FileGroup("Documentation", given[FileRole.DOCUMENTATION]),
            FileGroup("Schemas", [self._add(path, data, _XML) for path, data in schemas.items()]),
            *(
                FileGroup(f"Representations/{name}", [self._add_representation(name, given[FileRole(name)])])
                for name in representations
            ),
        ]
        description = build_description(describe(self.package))
        metadata = [
            MetadataFile(self._add(DUBLIN_CORE_PATH, build_dublin_core(self.package), _XML), "DC", "descriptive"),
            MetadataFile(self._add(DESCRIPTION_PATH, description, _JSON), _DESCRIPTION_KIND, "descriptive"),
            *(MetadataFile(file, str(role), "provenance") for role in PROVENANCE_ROLES for file in given[role]),
            MetadataFile(self._add_premis(representations, given), "PREMIS", "provenance"),
        ]
        self._add_mets("", self.object_id, self.package.title, metadata, groups)

    def _add_premis(self, representations: list[str], given: Mapping[FileRole, list[DescribedFile]]) -> DescribedFile:
        package = self.package
        received = tuple(file.path for files in given.values() for file in files)
        premis = PackagePremis(
            self.object_id,
            package.title,
            representations,
            [file for role, files in given.items() if role not in CONTENT_ROLES for file in files],
            (*package.events, *ingest_events(self.now, package.software.identifier, received)),
            package.all_agents,
        )
        return self._add(PREMIS_PATH, build_package_premis(premis), _XML)

    def _add_representation(self, name: str, files: list[DescribedFile]) -> DescribedFile:
        """Stage a representation's PREMIS and METS; the METS is what the package's own METS points to."""
        folder = f"representations/{name}/"
        premis = build_representation_premis(self.object_id, name, files)
        metadata = [
            MetadataFile(_inside(self._add(f"{folder}{PREMIS_PATH}", premis, _XML), folder), "PREMIS", "provenance")
        ]
        groups = [FileGroup("Data", [_inside(file, folder) for file in files])]
        return self._add_mets(folder, name, f"{self.package.title} ({name})", metadata, groups)

    def _add_mets(
        self, folder: str, object_id: str, label: str, metadata: list[MetadataFile], groups: list[FileGroup]
    ) -> DescribedFile:
        prefix = object_id if folder else "package"
        mets = MetsContent(object_id, label, prefix, self.now, self.package.software, metadata, groups)
        return self._add(f"{folder}{METS_NAME}", build_mets(mets), _XML)

    def _add(self, path: str, data: bytes, media_type: str) -> DescribedFile:
        return DescribedFile(path, media_type, self.staging.add(path, data))


def _inside(file: DescribedFile, folder: str) -> DescribedFile:
    """The same file with its path from the folder."""
    return replace(file, path=file.path.removeprefix(folder))
