"""One module a framework: what its registrations mean. Each says its TRIGGERS, words that files with registrations hold, and PATHS, which
file names say so by themselves; and answers ``read(module)``."""
