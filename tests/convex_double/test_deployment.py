"""The double's data: what commits, imports and restores leave behind."""

import pytest

from tests.convex_double.deployment import Deployment
from tests.convex_double.knobs import START_NS, Knobs
from tests.convex_double.log import Tablet
from tests.convex_double.values import decode_id


@pytest.fixture
def deployment() -> Deployment:
    return Deployment()


def active(deployment: Deployment, table: str) -> Tablet:
    tablet = deployment.table(table)
    assert tablet is not None
    return tablet


def test_time_passes_only_when_a_test_lets_it(deployment: Deployment) -> None:
    assert deployment.head == START_NS
    first = deployment.mutate([("wallets", None, {}), ("users", None, {})])
    second = deployment.mutate([("wallets", None, {})])
    assert first < second == deployment.head
    assert deployment.advance(5) == second + 5
    assert list(deployment.log.ts) == [first, first, second]


def test_the_same_seed_makes_the_same_deployment() -> None:
    one, same, other = Deployment(), Deployment(), Deployment(seed=1)
    assert one.insert("wallets", {}) == same.insert("wallets", {}) != other.insert("wallets", {})
    assert one.keys.issue() == same.keys.issue()


def test_many_documents_are_not_all_of_one_timestamp(deployment: Deployment) -> None:
    head = deployment.load({"wallets": [{"n": number} for number in range(10)], "none": []}, block=4)
    assert len(set(deployment.log.ts)) == 3
    assert deployment.head == head
    assert deployment.documents("none") == []


def test_a_change_keeps_the_creation_time_and_the_table_its_number(deployment: Deployment) -> None:
    document_id = deployment.insert("wallets", {"n": 1})
    (before,) = deployment.documents("wallets")
    deployment.replace("wallets", document_id, {"n": 2})
    assert deployment.documents("wallets") == [before | {"n": 2}]
    given = Deployment(seed=7).insert("x", {})
    deployment.insert("others", {"_id": given, "_creationTime": 1.5})
    assert decode_id(given)[0] == active(deployment, "others").number
    assert deployment.documents("others") == [{"_id": given, "_creationTime": 1.5}]


def test_deleting_what_is_not_there_is_an_error_of_the_test(deployment: Deployment) -> None:
    document_id = deployment.insert("wallets", {})
    deployment.delete("wallets", document_id)
    with pytest.raises(LookupError):
        deployment.delete("wallets", document_id)
    with pytest.raises(LookupError):
        deployment.drop_table("nothing")


def test_an_import_is_hidden_until_it_takes_effect(deployment: Deployment) -> None:
    deployment.insert("wallets", {"n": 1})
    number = active(deployment, "wallets").number
    hidden = deployment.import_hidden("wallets", [{"n": 2}, {"n": 3}], block=1)
    assert [one["n"] for one in deployment.documents("wallets")] == [1]
    deployment.activate(hidden)
    assert sorted(one["n"] for one in deployment.documents("wallets")) == [2, 3]
    assert active(deployment, "wallets").number == number


def test_a_restore_undoes_commits_imports_and_deletions() -> None:
    deployment = Deployment(knobs=Knobs(commit_ns=1))
    kept = deployment.insert("wallets", {"n": 1})
    deployment.create_table("users")
    then, before = deployment.head, deployment.documents("wallets")
    deployment.replace("wallets", kept, {"n": 2})
    deployment.insert("wallets", {"n": 3})
    deployment.insert("later", {})
    deployment.import_replace("wallets", [{"n": 4}])
    deployment.drop_table("users")
    deployment.rewind(then)
    assert deployment.head == then
    assert deployment.documents("wallets") == before
    assert active(deployment, "wallets").live == 1
    assert active(deployment, "users").live == 0
    assert deployment.table("later") is None
    deployment.delete("wallets", kept)
    assert active(deployment, "wallets").live == 0
