"""Layouts: which files of a repository are migrations, of which database, and in which order they run."""

from invariants.layouts.detect import Layout, configured, find, keep
from invariants.layouts.graph import topological

__all__ = ["Layout", "configured", "find", "keep", "topological"]
