"""Whether a PDF is PDF/A-2a and PDF/UA-1 as it stands: bytes in, findings out.

`preflight.check_pdf` judges a file, `preflight.check_update` what a signature added to one that was judged. Nothing is
mended, nothing outside the bytes is read, and time and memory are bounded: the file may be anybody's. Each finding names
its clause and its place. What cannot be judged is a finding too, so a file without findings holds nothing unknown.
"""
