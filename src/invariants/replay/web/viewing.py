"""Methods of views, judged as those of the class that is asked."""

from functools import cache

from invariants.replay.web.binding import Binding
from invariants.replay.web.corpus import Key
from invariants.replay.web.followed import Followed
from invariants.replay.web.handlers import Handlers


class Viewing:
    """Judges methods as those of the class that is asked."""

    def __init__(self, followed: Followed) -> None:
        self._binding = Binding(followed)
        self._plain = Handlers(followed)
        self._bound = cache(lambda view: Handlers(self._binding.followed(view)))

    def handlers(self, view: Key, method: Key) -> Handlers:
        """What judges a method of a view."""
        is_own = method.file == view.file and method.name.startswith(f"{view.name}.")
        return self._bound(view) if not is_own and method.file.endswith(".py") and self._binding.is_changed(view, method) else self._plain
