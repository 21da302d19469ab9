"""The archive: what is kept for ever, how it is stored, and how anyone can check it without us.

One OCFL 1.1 object a document; in each version of it, one E-ARK CSIP 2.1 package with METS and PREMIS 3. The files on
disk are the truth; the search index can be thrown away and rebuilt from them. `archive.Archive` is the room's door.

Guarantees: what `ingest` returns has been written, forced to disk, read back and compared. A crash at any moment
leaves the object as it was or as it shall be. Nothing stored is ever altered; a change is a new version. Whatever is
read is compared with its digest first.
"""
