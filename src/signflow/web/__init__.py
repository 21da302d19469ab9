"""What people see in a browser: the secretary's desk, the signing page behind a personal link, the archivist's search.

Requests become acts of `steps`; pages show what is committed. No rule about minutes stands here. Looking changes nothing:
GET and HEAD only read. Pages are whole without JavaScript, and nothing is fetched from elsewhere. `guard` stands before
every page; `build_app` puts the house together.
"""
