"""Frameworks for Python: one module each, which knows the framework's own forms and answers ``read(module)``."""
