"""Running what migrations do in PL/pgSQL and in queries: DO blocks, procedures, functions, event triggers.

The catalog answers what the system catalogs would. The rows of user tables are not known: a migration runs on databases
with and without rows. What hangs on them is :class:`~invariants.replay.plpgsql.values.Unsure`.
"""
