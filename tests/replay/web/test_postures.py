"""Postures as words."""

import pytest

from invariants.replay.web import postures


def test_what_two_guards_ask_for_is_asked_in_each_alternative() -> None:
    assert postures.both("session | token", "session mfa") == "session mfa | session token mfa"


def test_a_guard_behind_a_public_one_is_no_more_public() -> None:
    assert postures.both("public", "session") == "session"


def test_arguments_fill_a_posture() -> None:
    assert postures.filled("session role:{0} permission:{1.name}", {"0": "owner"}) == "session role:owner"


@pytest.mark.parametrize(
    ("symbol", "posture"),
    [("requireAdmin", "session role:admin"), ("verify_api_key", "token"), ("verifyCronSecret", "cron"), ("withWorkspace", "session tenant"),
     ("check_signature", "webhook"), ("get_user", "session")],
)  # fmt: skip
def test_a_guard_is_guessed_by_its_name(symbol: str, posture: str) -> None:
    assert postures.guessed(symbol) == posture
