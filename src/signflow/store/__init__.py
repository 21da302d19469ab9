"""The state of truth for rounds: documents, their history, the work they cause, and the bytes in hand.

`Store.commit` writes a decision (state, audit entries, outbox rows) in one transaction, compare-and-set on the document's
change. `Effects` gives each external effect one unique claim. `FolderBlobs` keeps bytes by digest. SQLite (WAL, every
commit synced) or PostgreSQL, by address. Only this room and the archive's index know of SQLAlchemy.
"""
