"""Frontends: one module a language or format, each a pure function from a path and its bytes to facts."""
