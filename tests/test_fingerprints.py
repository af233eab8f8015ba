import re

import pytest

from invariants.fingerprints import SALTED, Weak, compare, key_id, keyed, salted, strength

KEY, OTHER = b"k" * 32, b"o" * 32
STRONG = "k7Qz2mX9vL4tRb8nWc3yHd6pJs5f"


def state(recorded: str, value: str | None, key: bytes | None = KEY, recorded_key: str = key_id(KEY)) -> str:
    return compare(recorded, "A", value, key, recorded_key).state


def test_a_keyed_fingerprint_is_of_one_name_one_value_and_one_key() -> None:
    made = keyed(KEY, "A", "value")
    assert re.fullmatch(r"hmac-sha256:v1:[0-9a-f]{32}", made)
    assert made == keyed(KEY, "A", "value")
    assert len({made, keyed(KEY, "B", "value"), keyed(KEY, "A", "other"), keyed(OTHER, "A", "value")}) == 4
    assert len(key_id(KEY)) == 8


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("value", "same"),
        ("other", "changed"),
        (None, "absent"),
        ("", "unreadable"),
        ("[SENSITIVE]", "unreadable"),
        ("op://vault/item/field", "unreadable"),
        ("ENC[AES256_GCM,data:x]", "unreadable"),
        ("encrypted:BD0F", "unreadable"),
    ],
)
def test_states_of_a_value(value: str | None, expected: str) -> None:
    assert state(keyed(KEY, "A", "value"), value) == expected


def test_without_the_key_or_with_another_nothing_is_compared() -> None:
    made = keyed(KEY, "A", "value")
    assert state(made, "value", None) == "not comparable"
    assert state(made, "value", OTHER) == "not comparable"
    assert state(made, "value", KEY, "") == "not comparable"
    assert state("sha1:abc", "value") == "not comparable"


@pytest.mark.parametrize(
    ("recorded", "given"), [("value", "value\n"), ("value\n", "value"), ("value", "value\r\n"), ("value\r\n", "value\n")]
)
def test_a_line_end_is_told(recorded: str, given: str) -> None:
    found = compare(keyed(KEY, "A", recorded), "A", given, KEY, key_id(KEY))
    assert found.state == "changed"
    assert "only by a line end" in found.message


def test_a_salted_fingerprint_needs_no_key_and_is_never_the_same_twice() -> None:
    made = salted("A", STRONG)
    assert made.startswith(f"{SALTED}:")
    assert made != salted("A", STRONG)
    assert state(made, STRONG, None) == "same"
    assert state(made, STRONG + "x", None) == "changed"
    assert state(made, "1234", None) == "changed"
    assert state(f"{SALTED}:not base64", STRONG, None) == "changed"


@pytest.mark.parametrize(
    "value", ["1234", "correct horse", "a" * 100, f"postgres://app:{'x1' * 4}@db.acme.io/{STRONG}", "postgres://db.acme.io/x" * 9]
)
def test_what_can_be_guessed_has_no_fingerprint_without_a_key(value: str) -> None:
    with pytest.raises(Weak):
        salted("A", value)


def test_strength_is_that_of_the_password_in_a_url() -> None:
    assert strength(f"postgres://app:{STRONG}@db.acme.io/x") == strength(STRONG) > 80
    assert strength("") == strength("postgres://[") == 0
