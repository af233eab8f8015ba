from invariants.frontends.env import nginx
from readings import reads


def test_what_a_template_reads() -> None:
    assert reads(nginx.read, "env A;\nserver { listen ${B}; set $x $host; proxy_pass http://$C; # $D\n}\n") == ["A", "B", "C", "D"]
