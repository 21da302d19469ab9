"""The life of a document: states, events, and the one function that decides. Pure: no I/O, no clock, no environment.

`decide(document, event, now, policy)` answers with a `Decision` (the new document, audit entries, the work it causes) or
a typed `Refusal`. By construction no sequence of events reaches `adjusted` without every required validated signature,
lets a person sign twice in a round, or puts a signature on bytes that are not a revision of that round.
"""
