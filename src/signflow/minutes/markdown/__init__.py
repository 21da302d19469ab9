"""Markdown or plain text → blocks, losing no word. `document` is the way in, `syntax` says what is markup, `rows` reads lines."""
