"""The minutes, and the difference between two versions of them, as one accessible HTML page."""
