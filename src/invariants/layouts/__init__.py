"""Layouts: which files of a repository are migrations, of which database, and in which order they run."""

from invariants.layouts.detect import Layout, Unmatched, configured, find, keep, sealed
from invariants.layouts.graph import topological
from invariants.layouts.order import Read

__all__ = ["Layout", "Read", "Unmatched", "configured", "find", "keep", "sealed", "topological"]
