"""Data classes of which thousands are made, and made anew with a change. They are as immutable as the type checker sees to.

A frozen data class keeps its word at run time too, and pays for it: every field is set through ``object.__setattr__``, so that one
of twenty fields takes five times as long to make, and ``dataclasses.replace`` eight times as long as copying what it holds.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:

    def dataclass(*, frozen: bool, **options: Any) -> Callable[[type], type]:
        """``dataclasses.dataclass`` without the guards of a frozen one."""
        return dataclasses.dataclass(unsafe_hash=frozen, **options)

    def replace(value: Any, **changes: Any) -> Any:
        """``dataclasses.replace``, for data classes without slots."""
        changed = object.__new__(type(value))
        changed.__dict__ |= value.__dict__
        changed.__dict__ |= changes
        return changed


__all__ = ["dataclass", "replace"]
