import pytest

from invariants.reports.masking import masked


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (".env", "KEY=value", "KEY=***"),
        (".env", "  export KEY = 'value' # why", "  export KEY = ***"),
        (".env", "# KEY=value", "# KEY=***"),
        (".env", "KEY=", "KEY="),
        (".env", "# a comment", "# a comment"),
        (".env", "more of a value", "***"),
        ("web/.env.local", "KEY=value", "KEY=***"),
        ("compose.yaml", "API_KEY: abcdefgh", "API_KEY: ***"),
        ("compose.yaml", "API_KEY: ${API_KEY}", "API_KEY: ${API_KEY}"),
        ("compose.yaml", "LEVEL: information", "LEVEL: information"),
        ("a.ts", "connect('postgres://app:hidden@host/x')", "connect('postgres://app:***@host/x')"),
        ("a.ts", "const API_KEY = process.env.API_KEY", "const API_KEY = process.env.API_KEY"),
    ],
)
def test_values_are_not_shown(path: str, text: str, expected: str) -> None:
    assert masked(path, text) == expected
