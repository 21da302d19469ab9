"""Write the golden METS and PREMIS documents anew: `python tests/archive/regenerate.py`; then look at the difference."""

from __future__ import annotations

import tempfile
from pathlib import Path

from archive_samples import NOW, sample_package

from signflow.archive.archive import Archive

GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = {
    "METS.xml": "package-mets.xml",
    "metadata/preservation/premis.xml": "package-premis.xml",
    "metadata/descriptive/dc.xml": "dc.xml",
    "metadata/descriptive/description.json": "description.json",
    "representations/signed/METS.xml": "signed-mets.xml",
    "representations/signed/metadata/preservation/premis.xml": "signed-premis.xml",
    "documentation/README.txt": "README.txt",
}


def current_documents() -> dict[str, bytes]:
    """The documents as they come out now, by the name of their golden file."""
    with tempfile.TemporaryDirectory() as folder:
        root, out = Path(folder, "root"), Path(folder, "out")
        with Archive(root, Path(folder, "index.db")) as archive:
            archive.ingest(sample_package(1), now=NOW)
            archive.export("doc-1", out)
        return {golden: (out / path).read_bytes() for path, golden in DOCUMENTS.items()}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name, data in current_documents().items():
        (GOLDEN / name).write_bytes(data)
