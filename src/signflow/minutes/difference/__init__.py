"""What changed between two versions of the minutes, item by item. `compare` is the way in."""
