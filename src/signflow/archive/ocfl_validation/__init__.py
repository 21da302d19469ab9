"""Whether what lies on a disk is OCFL, in the specification's own codes; for any object and any storage root, not only ours.

It is read as a stranger's: nothing is believed that an inventory says, no link is followed, nothing is repaired.

Source: OCFL 1.0 and 1.1, with their validation codes.
"""
