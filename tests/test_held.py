"""Contents of files that are held."""

import pytest

from invariants import held
from invariants.held import Held


def test_a_file_is_read_once_however_often_it_is_asked_for() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return path.encode()

    contents = Held()
    assert [contents.of(path, read) for path in ("a", "b", "a")] == [b"a", b"b", b"a"]
    assert asked == ["a", "b"]


def test_what_finds_no_room_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held, "ROOM", 3)
    answers = iter((b"four", b"ab", b"five", b"no"))
    contents = Held()
    told = [contents.of(path, lambda _: next(answers)) for path in ("large", "small", "large", "small", "other")]
    assert told == [b"four", b"ab", b"five", b"ab", b"no"]
