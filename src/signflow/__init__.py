"""signflow takes the minutes of a meeting from draft to a signed PDF/A in a long-term archive.

Everything that happens to a document is the same five beats: an event (a fact) is decided on by a pure function,
committed in one transaction with the work it causes, dispatched as a Prefect flow, and carried out by a step that
reports the next event. `docs/architecture.md` draws it.
"""
