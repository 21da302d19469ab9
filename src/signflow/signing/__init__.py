"""Keys, certificates, signatures and what they prove.

People sign, the organisation seals, the time-stamping authority timestamps.

`keys` are what signs, in memory, encrypted at rest or elsewhere; `authority` is the organisation's own certificate
authority; `timestamps` are tokens of time, from the local authority or from outside; `pades` applies a signature or the
seal to a field laid out before; `validation` says what a file proves, at which instant, under which trust; `gate` lets a
round go on only when what was added is exactly the signature that was asked for; `evidence` stands outside the PDF.
Private keys never leave this room.

Everything here is synchronous, safe in worker threads, and reads neither network nor clock, but for the
adapters that reach an authority, token or service elsewhere, which is what they are for.
"""
