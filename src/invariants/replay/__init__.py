"""Replay: migrations in order, folded into the database they make."""
