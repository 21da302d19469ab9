"""Letters to people: composed from templates, handed over by SMTP or written as files.

`compose` is pure: the same letter is the same mail, boundary and Message-ID included, so a mail that is sent twice can be
known as one. Names, titles and addresses come from drafts and registers and are data: they can neither add a header nor
markup. A `…Delivery` hands a mail over or says why it could not; it never gives up and never sends in silence.
"""
