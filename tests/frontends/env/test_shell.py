import pytest

from invariants.frontends.env import dockerfile, shell
from readings import reads


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('echo "$A" ${B} $C_D', ["A", "B", "C_D"]),
        ("echo ${A:-x} ${B-x} ${C:=x} ${D:?gone} ${E:+x} ${F%/} ${#G}", ["A?", "B?", "C?", "D", "E?", "F", "G"]),
        ("A=1\necho $A", []),
        ("A=${A:-1}\necho $A", ["A?"]),
        ("export A=1\nlocal B\nreadonly C=2\nread -r D\nfor E in 1; do echo $A $B $C $D $E; done", []),
        ("export A\necho $A", ["A"]),
        ("echo '$A' \\$B # $C", []),
        ("cat <<'EOF'\n$A\nEOF\ncat <<EOF\n$B\nEOF\n", ["B"]),
        ('echo "$(curl "$A")" `cat $B`', ["A", "B"]),
        ("echo $lower $1 $? $RANDOM $GITHUB_SHA", []),
        ("A=1 run; echo $a${B}c", ["B"]),
        ('if [ -z "$A" ]; then A=1; fi\necho $A', ["A"]),
        ("say() {\n  echo $A $B\n}\nA=1\nsay", ["B"]),
        ('read -r -p "sure?" A\necho $A', []),
        ("declare -a A=()\necho ${#A[@]}", []),
        ('A="${A:?needed}"', ["A"]),
    ],
)
def test_what_a_script_expands(text: str, expected: list[str]) -> None:
    assert reads(shell.read, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM x\nARG A\nARG B=1\nARG C D=2", ["A", "B?", "C", "D?"]),
        ("ARG A\nENV A=$A\nRUN echo $A", ["A"]),
        ("ENV A=1 B=2\nCMD run --port $A ${B} $C", ["C"]),
        ("ENV A 1\nCMD echo $A", []),
        ("RUN set -x \\\n # a comment\n && echo $A \\\n && B=1 && echo $B", ["A"]),
        ("RUN <<EOF\necho $A\nEOF\nCMD echo $B", ["A", "B"]),
        ("ARG TARGETARCH\nARG HTTP_PROXY\nRUN echo $TARGETARCH", []),
        ("ARG A\nFROM x\nARG A\n", ["A"]),
    ],
)
def test_what_an_image_is_given_and_expands(text: str, expected: list[str]) -> None:
    assert reads(dockerfile.read, text) == expected
