"""Reading Python: the one owner of ``libcst``, and a small interpreter for code that is plain enough to be told.

It is imported late: a run in which nothing changed needs no parser. The interpreter runs nothing of the repository's own:
names defined elsewhere stay symbols, and what cannot be told stays :class:`~invariants.python.values.Unknown`.
"""
