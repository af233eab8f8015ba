from base64 import urlsafe_b64encode

import pytest

from invariants.frontends.env.values import kind, shape, transport

LETTERS = "9fK2mXw7Qz4LtRb8NcVy"


def token(claims: str) -> str:
    parts = ('{"alg":"HS256","typ":"JWT"}', claims)
    return ".".join([*(urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts), "x" * 43])


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("A", None, "none"),
        ("A", " ", "empty"),
        ("A", "op://vault/item", "reference"),
        ("A", "${OTHER}", "reference"),
        ("A", "${{ secrets.X }}", "reference"),
        ("A", "[SENSITIVE]", "hidden"),
        ("A", "ENC[AES256]", "hidden"),
        ("A", "encrypted:BD0F", "hidden"),
        ("PORT", "3000", "plain"),
        ("API_KEY", "your-api-key", "placeholder"),
        ("API_KEY", "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "placeholder"),
        ("API_KEY", LETTERS, "random"),
        ("SESSION_SECRET", LETTERS, "random"),
        ("COMMIT", LETTERS, "plain"),
        ("NEXT_PUBLIC_API_KEY", LETTERS, "plain"),
        ("ANYTHING", f"sk_live_{LETTERS}", "issued"),
        ("ANYTHING", f"ghp_{'a1B2' * 9}", "issued"),
        ("KEY", token('{"role":"service_role","ref":"abcdefgh"}'), "random"),
        ("KEY", token('{"iss":"supabase-demo","role":"service_role"}'), "plain"),
        ("KEY", token('{"role":"anon","ref":"abcdefgh"}'), "plain"),
        ("DATABASE_URL", f"postgres://app:{LETTERS}@db.acme.io/app", "issued"),
        ("DATABASE_URL", f"postgres://app:{LETTERS}@localhost/app", "plain"),
        ("DATABASE_URL", "postgres://postgres:postgres@db.acme.io/app", "plain"),
    ],
)
def test_what_a_value_is_like(name: str, value: str | None, expected: str) -> None:
    found = kind(name, value)
    assert found == expected or (expected == "plain" and found == "placeholder")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("postgresql://db.acme.io/app", "open"),
        ("postgresql://db.acme.io/app?sslmode=prefer", "open"),
        ("postgresql://db.acme.io/app?sslmode=require", "secured"),
        ("postgres://u:p@db.acme.io/app?a=b&sslmode=verify-full", "secured"),
        ("postgresql+asyncpg://db.acme.io/app?ssl=require", "secured"),
        ("jdbc:postgresql://db.acme.io/app?ssl=true", "secured"),
        ("mysql://db.acme.io/app?ssl-mode=REQUIRED", "secured"),
        ("mysql://db.acme.io/app?sslaccept=strict", "secured"),
        ("redis://cache.acme.io", "open"),
        ("rediss://cache.acme.io", "secured"),
        ("mongodb+srv://db.acme.io", "secured"),
        ("mongodb://a.acme.io,b.acme.io/x?tls=true", "secured"),
        ("amqp://queue.acme.io", "open"),
        ("amqps://queue.acme.io", "secured"),
        ("postgresql://localhost/app", "none"),
        ("postgresql://127.0.0.1:5432/app", "none"),
        ("postgresql:///app?host=/var/run", "none"),
        ("postgresql://${HOST}/app", "open"),
        ("postgresql://${REST}", "unknown"),
        ("postgresql://db.acme.io/app?sslmode=${MODE}", "unknown"),
        ("postgresql://db.acme.io/app${OPTIONS}", "unknown"),
        ("postgresql://[broken/app", "unknown"),
        ("https://acme.io", "none"),
        ("text", "none"),
        (None, "none"),
    ],
)
def test_whether_a_url_demands_tls(value: str | None, expected: str) -> None:
    assert transport(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "none"),
        (" ", "none"),
        ("1", "bit"),
        ("-80", "integer"),
        ("1.5e3", "number"),
        ("True", "boolean"),
        ("4F6C1A52-07a5-4a2f-9f5d-2a3c0b9e7d11", "uuid"),
        ("postgres://app@db/orders", "url"),
        ("Orders <orders@acme.io>", "email"),
        ("orders@acme", "text"),
        ("1.2.3", "text"),
        ("http://a b", "text"),
    ],
)
def test_what_a_value_could_be_read_as(value: str | None, expected: str) -> None:
    assert shape(value) == expected
