"""Paths that types say, for handlers which take them."""

import re

from invariants.frontends.rust.reader import Reader


def typed_paths(module: Reader) -> dict[str, str]:
    """Types that say their path: `#[typed_path("/users/{id}")]`."""
    text = module.source.content.decode("utf-8", "replace")
    return {
        name: path
        for path, name in re.findall(r'#\[typed_path\(\s*"([^"]*)"[^\]]*\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\S*\s+)?struct\s+(\w+)', text)
    }
