from invariants.frontends.env import prisma
from readings import reads


def test_what_a_schema_reads() -> None:
    text = 'datasource db {\n  url = env("A")\n  // env("B")\n  directUrl = env( "C" )\n}\n'
    assert reads(prisma.read, text) == ["A", "C"]
