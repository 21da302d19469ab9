"""Trust from the EU's trusted lists: fetched, verified and kept by one command, read offline by everything else.

The Commission's list of lists says where each state's list is and who signs it; a state's list says which services it
supervises and from when until when each was granted. Only the services that matter for signatures are kept: those that
issue qualified certificates (CA/QC) and qualified timestamps (TSA/QTST).

`update.update_lists` is the one way in: nothing gets into the folder whose signature does not hold or that is older than
what is there. `folder.ListFolder` is the one way out.

Source: ETSI TS 119 612 (format); ETSI TS 119 615, 4.1 to 4.3 (procedures); Implementing Decision (EU) 2015/1505.
"""
