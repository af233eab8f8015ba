from invariants.dotenv import Fault, Pair, pairs, values


def test_the_last_of_one_name_counts() -> None:
    assert values("A=1\nA=2\nB\n") == {"A": "2", "B": None}
    assert [each.is_last for each in pairs("A=1\nA=2\n") if isinstance(each, Pair)] == [False, True]


def test_lines_that_are_none_are_told() -> None:
    assert [each.line for each in pairs("A=1\n\nnot a line\n") if isinstance(each, Fault)] == [3]
