from invariants.frontends.env import caddy
from readings import reads


def test_what_a_caddyfile_reads() -> None:
    assert reads(caddy.read, "{$A} {\n  # {$B}\n  reverse_proxy {$C:localhost}#d {env.E}\n}\n") == ["A", "C?", "E"]
