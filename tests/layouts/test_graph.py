from hypothesis import given
from hypothesis import strategies as st

from invariants.facts.ddl import Parent, Replacement, Revision
from invariants.facts.place import Place
from invariants.layouts.graph import topological


def place(path: str, line: int = 1) -> Place:
    return Place(path, line, 1, line, 2)


def revisions(*names: str) -> list[Revision]:
    return [Revision(place(f"{name}.py"), name) for name in names]


def parents(*edges: tuple[str, str]) -> list[Parent]:
    return [Parent(place(f"{child}.py", 2), child, parent) for child, parent in edges]


def test_files_run_after_what_they_build_on() -> None:
    ordered, problems = topological(revisions("a", "b", "c"), parents(("a", "c"), ("c", "b")))
    assert (ordered, problems) == (["b.py", "c.py", "a.py"], [])


def test_branches_run_by_path_where_the_graph_leaves_it_open() -> None:
    ordered, problems = topological(revisions("root", "z", "m", "a"), parents(("z", "root"), ("a", "root"), ("m", "z"), ("m", "a")))
    assert (ordered, problems) == (["root.py", "a.py", "z.py", "m.py"], [])


def test_several_heads_are_no_problem() -> None:
    ordered, problems = topological(revisions("a", "b"), [])
    assert (ordered, problems) == (["a.py", "b.py"], [])


def test_a_missing_parent_is_said_at_the_line_that_names_it() -> None:
    ordered, [problem] = topological(revisions("a"), parents(("a", "gone")))
    assert ordered == ["a.py"]
    assert (problem.reason, problem.at) == ("order", place("a.py", 2))
    assert "gone" in problem.message


def test_a_circle_is_said_of_each_file_in_it_and_they_run_last() -> None:
    ordered, problems = topological(revisions("a", "b", "c"), parents(("a", "b"), ("b", "a")))
    assert ordered == ["c.py", "a.py", "b.py"]
    assert [each.at.file for each in problems] == ["a.py", "b.py"]


def test_the_same_name_twice_is_said_and_both_files_run() -> None:
    ordered, [problem] = topological([Revision(place("a.py"), "x"), Revision(place("b.py"), "x")], [])
    assert ordered == ["a.py", "b.py"]
    assert "a.py" in problem.message


def test_a_branch_label_and_the_beginning_of_a_name_lead_to_a_file() -> None:
    labelled = [*revisions("abc123", "b", "c"), Revision(place("abc123.py"), "side")]
    ordered, problems = topological(labelled, parents(("b", "side@head"), ("c", "abc")))
    assert (ordered, problems) == (["abc123.py", "b.py", "c.py"], [])


def test_applications_of_installed_packages_are_no_problem() -> None:
    _, problems = topological(revisions("shop.0001"), parents(("shop.0001", "auth.0012")))
    assert problems == []
    _, [problem] = topological(revisions("shop.0001", "shop.0002"), parents(("shop.0002", "shop.0009")))
    assert "shop.0009" in problem.message


def test_first_and_latest_are_an_applications_ends() -> None:
    names = revisions("a.0001", "a.0002", "b.0001", "c.0001")
    ordered, problems = topological(names, parents(("a.0002", "a.0001"), ("a.0001", "b.__first__"), ("c.0001", "a.__latest__")))
    assert (ordered, problems) == (["b.0001.py", "a.0001.py", "a.0002.py", "c.0001.py"], [])


def test_a_squashed_migration_runs_instead_of_those_it_replaces() -> None:
    names = revisions("a.0001", "a.0002", "a.0001_squashed", "a.0003")
    edges = parents(("a.0002", "a.0001"), ("a.0003", "a.0002"), ("a.0001", "b.gone"))
    replaced = [Replacement(place("a.0001_squashed.py"), "a.0001_squashed", each) for each in ("a.0001", "a.0002")]
    ordered, problems = topological(names, edges, replaced)
    assert (ordered, problems) == (["a.0001_squashed.py", "a.0003.py"], [])


@given(st.permutations(range(8)), st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_the_order_does_not_depend_on_the_order_of_facts(order: list[int], pairs: list[tuple[int, int]]) -> None:
    edges = parents(*{(f"r{max(pair)}", f"r{min(pair)}") for pair in pairs if pair[0] != pair[1]})
    expected, problems = topological(revisions(*(f"r{each}" for each in range(8))), edges)
    shuffled, _ = topological(revisions(*(f"r{each}" for each in order)), list(reversed(edges)))
    assert (shuffled, problems) == (expected, [])
    assert all(expected.index(f"{each.parent}.py") < expected.index(f"{each.revision}.py") for each in edges)
