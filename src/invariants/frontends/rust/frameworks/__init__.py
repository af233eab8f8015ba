"""What each framework registers, one module a framework: ``TRIGGERS`` and ``read(module)``."""
