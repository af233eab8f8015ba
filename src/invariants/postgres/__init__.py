"""PostgreSQL's own grammar (libpg_query, by way of postgast): parsing, splitting, walking, writing back.

The one owner of the ``postgast`` library. It is imported late: a run in which nothing changed needs no parser.
"""
