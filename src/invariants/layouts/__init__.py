"""Layouts: which files of a repository are migrations, of which database, and in which order they run; which read or give variables."""

from invariants.layouts.configured import Unmatched, configured, matcher
from invariants.layouts.detect import Layout, find, keep, outside, sealed
from invariants.layouts.graph import topological
from invariants.layouts.order import Read, is_repeatable

__all__ = ["Layout", "Read", "Unmatched", "configured", "find", "is_repeatable", "keep", "matcher", "outside", "sealed", "topological"]
