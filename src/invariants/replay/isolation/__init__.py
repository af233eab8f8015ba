"""Isolation: whether the policies of a table keep one tenant's rows from another's session."""
