"""Access control lists by themselves."""

import pytest

from invariants.facts.place import PLATFORM
from invariants.replay import acl
from invariants.replay.catalog import Catalog
from invariants.replay.errors import Failure
from invariants.replay.objects import PUBLIC, Membership, Privilege, Role

OWNER, ANN, BOB, CAT = 20001, 20002, 20003, 20004


@pytest.fixture
def catalog() -> Catalog:
    made = Catalog()
    for oid, name in ((OWNER, "owner"), (ANN, "ann"), (BOB, "bob"), (CAT, "cat")):
        made.roles.put(Role(oid=oid, name=name))
    return made


def one(grantee: int, grantor: int, *, grantable: bool = False, privilege: str = "select") -> Privilege:
    return Privilege(grantee, privilege, grantor, grantable, PLATFORM)


def join(catalog: Catalog, member: int, role: int) -> None:
    catalog.memberships.put(Membership(oid=catalog.oid(), role=role, member=member, grantor=10))


def test_what_everyone_may_do_by_default() -> None:
    assert {each.privilege for each in acl.default("function", OWNER) if each.grantee == PUBLIC} == {"execute"}
    assert {each.privilege for each in acl.default("type", OWNER) if each.grantee == PUBLIC} == {"usage"}
    assert not [each for each in acl.default("table", OWNER) if each.grantee == PUBLIC]
    assert acl.default("column", OWNER) == ()


def test_granting_twice_changes_nothing_and_adding_the_option_does(catalog: Catalog) -> None:
    plain = acl.grant(catalog, (), one(ANN, OWNER), OWNER)
    assert acl.grant(catalog, plain, one(ANN, OWNER), OWNER) == plain
    with_option = acl.grant(catalog, plain, one(ANN, OWNER, grantable=True), OWNER)
    assert with_option == (one(ANN, OWNER, grantable=True),)
    assert acl.grant(catalog, with_option, one(ANN, OWNER), OWNER) == with_option


def test_what_rests_on_a_revoked_option_goes_only_with_cascade(catalog: Catalog) -> None:
    held = (one(ANN, OWNER, grantable=True), one(BOB, ANN, grantable=True), one(CAT, BOB))
    with pytest.raises(Failure) as caught:
        acl.revoke(catalog, held, one(ANN, OWNER), OWNER, cascade=False)
    assert caught.value.sqlstate == "2BP01"
    assert acl.revoke(catalog, held, one(ANN, OWNER), OWNER, cascade=True) == ()


def test_an_option_that_is_held_from_elsewhere_too_keeps_what_rests_on_it(catalog: Catalog) -> None:
    held = (one(ANN, OWNER, grantable=True), one(CAT, OWNER, grantable=True), one(ANN, CAT, grantable=True), one(BOB, ANN))
    assert acl.revoke(catalog, held, one(ANN, OWNER), OWNER, cascade=False) == held[1:]


def test_the_option_alone_can_be_revoked(catalog: Catalog) -> None:
    held = (one(ANN, OWNER, grantable=True), one(BOB, ANN))
    assert acl.revoke(catalog, held, one(ANN, OWNER), OWNER, cascade=True, option_only=True) == (one(ANN, OWNER),)
    assert acl.revoke(catalog, (one(ANN, OWNER),), one(ANN, OWNER), OWNER, cascade=False, option_only=True) == (one(ANN, OWNER),)


def test_no_option_may_rest_on_itself(catalog: Catalog) -> None:
    held = (one(ANN, OWNER, grantable=True), one(BOB, ANN, grantable=True))
    with pytest.raises(Failure) as caught:
        acl.grant(catalog, held, one(ANN, BOB, grantable=True), OWNER)
    assert caught.value.sqlstate == "0LP01"
    assert one(CAT, BOB, grantable=True) in acl.grant(catalog, held, one(CAT, BOB, grantable=True), OWNER)


def test_members_of_the_owner_grant_in_its_name(catalog: Catalog) -> None:
    join(catalog, ANN, OWNER)
    assert acl.grantor(catalog, ANN, (), OWNER, ["select"]) == (OWNER, {"select"})
    catalog.roles.put(Role(oid=ANN, name="ann", inherit=False))
    assert acl.grantor(catalog, ANN, (), OWNER, ["select"]) == (ANN, set())


def test_others_grant_by_the_best_option_of_their_roles(catalog: Catalog) -> None:
    join(catalog, ANN, BOB)
    held = (one(ANN, OWNER), one(BOB, OWNER, grantable=True))
    assert acl.grantor(catalog, ANN, held, OWNER, ["select", "insert"]) == (BOB, {"select"})


def test_a_new_owner_takes_the_old_ones_place(catalog: Catalog) -> None:
    held = (one(OWNER, OWNER), one(ANN, OWNER, grantable=True), one(BOB, ANN))
    assert acl.reowned(held, OWNER, ANN) == (one(ANN, ANN, grantable=True), one(BOB, ANN))
    assert acl.reowned(None, OWNER, ANN) is None
