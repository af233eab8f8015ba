"""Facts: frozen values, one class a table, one module a domain.

A fact class is a ``NamedTuple``; its relation is ``<module>_<snake_case of the class>``
(``facts.db.Table`` is ``db_table``). Each field is ``Annotated`` with one sentence; ``| None`` means that absence has a
meaning; ``Literal`` lists the only values. The declaration is the DDL and the documentation.
"""
