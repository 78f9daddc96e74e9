"""The address of a Convex deployment: a place and a name, and nothing that is secret."""

from pathlib import Path

import pytest

from assets.errors import MappingError
from assets.mapping import Connection
from assets.sources.convex.address import address_of
from assets.sources.convex.live import ConvexLive


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("convex+https://user:prod%7Csecret@happy.convex.cloud", "has a user or password in it"),
        ("convex+https://prod%7Csecret@happy.convex.cloud", "has a user or password in it"),
        ("convex+https://happy.convex.cloud?adminKey=secret", "goes on after the host"),
        ("convex+https://happy.convex.cloud/api#secret", "goes on after the host"),
        ("convex+https://", "is no address of a deployment"),
        ("convex+ftp://happy.convex.cloud", "is no address of a deployment"),
        ("convex+https://happy.convex.cloud:99999", "is no address of a deployment"),
    ],
)
def test_a_url_that_holds_more_than_an_address_is_refused(tmp_path: Path, named: str, said: str) -> None:
    with pytest.raises(MappingError, match=said) as refused:
        ConvexLive(named, Connection(), tmp_path, tmp_path)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("named", "url", "name"),
    [
        ("convex+https://happy-otter-123.convex.cloud", "https://happy-otter-123.convex.cloud", "happy-otter-123"),
        ("convex+https://Happy-Otter-123.Convex.Cloud:443/", "https://happy-otter-123.convex.cloud", "happy-otter-123"),
        ("convex+https://calm-cat-9.eu-west-1.convex.cloud", "https://calm-cat-9.eu-west-1.convex.cloud", "calm-cat-9"),
        ("convex+http://127.0.0.1:3210", "http://127.0.0.1:3210", "127.0.0.1:3210"),
        ("convex+https://data.example.org", "https://data.example.org", "data.example.org"),
    ],
)
def test_a_deployment_is_named_by_its_address(named: str, url: str, name: str) -> None:
    address = address_of(named)
    assert (address.url, address.name) == (url, name)
