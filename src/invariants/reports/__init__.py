"""Reports: what a run answered, rendered in one format each, by pure functions."""
