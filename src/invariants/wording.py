"""How numbers and days are said: ``1 migration``, ``12 migrations``, ``in 9 days``."""


def plural(word: str) -> str:
    """``policy`` as ``policies``."""
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def counted(number: int, noun: str) -> str:
    """A number of what a noun in the plural says."""
    return f"{number} {_singular(noun) if number == 1 else noun}"


def in_days(days: int) -> str:
    """``today``, ``in 9 days``."""
    return "today" if days == 0 else f"in {counted(days, 'days')}"


def _singular(noun: str) -> str:
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")
