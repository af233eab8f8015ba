"""The documentation site: hand-written pages, and those made of the rules, their fixtures, the facts, the settings and the commands."""
