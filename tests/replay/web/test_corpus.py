"""What all files of a repository say, as far as they were read."""

from invariants.facts.code import Kept, Step
from invariants.facts.place import Place
from invariants.replay.web.corpus import Corpus
from invariants.replay.web.outcomes import ASSERTED, STOP
from invariants.replay.web.refusing import refused


def kept(path: str) -> Kept:
    return Kept(Place(path, 1, 1, 1, 1), "load", 0, "g.user")


def raised(path: str) -> Step:
    return Step(Place(path, 1, 1, 1, 1), "load", 0, None, "", "reject", "AssertionError", None, "ignored", True)


def test_facts_have_their_names_also_where_a_file_is_read_later() -> None:
    corpus = Corpus(["a.py", "b.py"], lambda path: [kept(path)])
    assert corpus.named(Kept) == {}
    for read in (["a.py"], ["a.py", "b.py"]):
        corpus.get(read[-1])
        assert [path for path, _ in corpus.named(Kept)["g.user"]] == read
        assert len(corpus.named(Kept)["g.user"]) == len(read)


def test_only_python_leaves_out_what_is_asserted() -> None:
    assert refused(raised("a.py"), "load", asks_who=False) == ASSERTED
    assert refused(raised("a.ts"), "load", asks_who=False) == STOP
