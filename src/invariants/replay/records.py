"""Data classes of which thousands are made, and made anew with a change. They are as immutable as the type checker sees to.

A frozen data class keeps its word at run time too, and pays for it: every field is set through ``object.__setattr__``, so that one
of twenty fields takes five times as long to make, and ``dataclasses.replace`` eight times as long as copying what it holds. The methods
that every data class has written for it, and compiled, are the same for all of these: a run that replays one statement needs them too.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:

    def dataclass(*, frozen: bool, **options: Any) -> Callable[[type], type]:
        """``dataclasses.dataclass`` without the guards of a frozen one."""

        def made(kind: type) -> type:
            kind.__eq__, kind.__repr__ = _is_same, _shown
            kind.__hash__ = _hashed if frozen else None
            return dataclasses.dataclass(kind, eq=False, repr=False, **options)

        return made

    def replace(value: Any, **changes: Any) -> Any:
        """``dataclasses.replace``, for data classes without slots."""
        changed = object.__new__(type(value))
        changed.__dict__ |= value.__dict__
        changed.__dict__ |= changes
        return changed


def _is_same(self: Any, other: object) -> bool:
    """Of the same class, with the same fields."""
    return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented


def _hashed(self: Any) -> int:
    """Fields are in their order in whatever was made anew as well."""
    return hash(tuple(self.__dict__.values()))


def _shown(self: Any) -> str:
    return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"


__all__ = ["dataclass", "replace"]
