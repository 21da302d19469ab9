"""The command line: turns arguments into acts and shows state. No rules.

Exit codes: 0 ok; 1 the document has errors or does not verify; 2 usage or settings; 3 it could not be done now.
"""
