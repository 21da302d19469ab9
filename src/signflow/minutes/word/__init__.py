"""A Word document → blocks and findings. `document` is the way in.

`package` opens the file without trusting it; `parts`, `styles` and `numbering` read what the body refers to; `paragraph` and
`text` make rows of a paragraph, with `runs`, `fields`, `symbols`, `changes` and `images`; `lists` and `tables` build blocks.
What a reader of the page would not see is reported, never silently taken.

Source: ISO/IEC 29500-1 (WordprocessingML).
"""
