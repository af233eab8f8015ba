"""Invariants: decides, from a repository's own files, whether its tenancy promises hold."""
