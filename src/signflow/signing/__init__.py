"""Keys, certificates, signatures and what they prove.

People sign, the organisation seals, the time-stamping authority timestamps.

`authority` keeps the local certificate authority and issues one certificate for one signature; `timestamps` gives
tokens, from the local authority or over HTTP; `pades` applies a signature or the seal to a field laid out before;
`validation` says what a file proves, at which instant, under which trust; `gate` lets a round go on only when what was
added is exactly the signature that was asked for. Private keys never leave this room.

Everything here is synchronous, safe in worker threads, and reads neither network nor clock, but for the two
timestamping adapters, which is what they are for.
"""
