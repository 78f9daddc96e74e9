"""What is selected: the published factors, and the same items as an auditor counts out unit by unit."""

import hashlib
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import RefusedError
from reports.sampling.factors import MOST, allowances, factors
from reports.sampling.selection import SHORT, Balance, Terms, seed_of, select
from tests.assets.ledgers import quick

ROOT = hashlib.sha256(b"root").hexdigest()


def balances(*books: int) -> list[Balance]:
    return [Balance(f"w{place:05}", book) for place, book in enumerate(books)]


def test_the_factors_are_those_that_are_published() -> None:
    assert [str(round(each, 3)) for each in factors(95, 4)] == ["2.996", "4.744", "6.296", "7.754", "9.154"]
    assert [str(round(each, 2)) for each in factors(90, 3)] == ["2.30", "3.89", "5.32", "6.68"]
    assert [str(round(each, 2)) for each in factors(99, 2)] == ["4.61", "6.64", "8.41"]
    for number, mean in enumerate(factors(95, 30)):
        found = sum(math.exp(-mean) * float(mean) ** each / math.factorial(each) for each in range(number + 1))
        assert found == pytest.approx(0.05, abs=1e-6)


def test_allowances_shrink_and_go_on_as_the_last_one() -> None:
    steps = allowances(95, MOST + 3)
    assert len(steps) == MOST + 3
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == steps[MOST - 1] > 0


@quick(60)
@given(
    books=st.lists(st.integers(-20, 300), min_size=1, max_size=30), tolerable=st.integers(1, 500), nonce=st.text("ab")
)
def test_the_same_balances_are_selected_as_counted_unit_by_unit(books: list[int], tolerable: int, nonce: str) -> None:
    seed = seed_of(ROOT, nonce, "EGP")
    assert seed == hashlib.sha256(bytes.fromhex(ROOT) + nonce.encode() + b"EGP").digest()
    found = select("EGP", balances(*books), seed, Terms(tolerable=tolerable))
    units = [place for place, book in enumerate(books) for _ in range(book)]
    if not units:
        assert (found.items, found.interval, found.start) == ((), 0, 0)
        return
    interval = max(1, math.floor(tolerable / 2.995732))
    start = int.from_bytes(seed[:8], "big") % interval
    hits = [units[at] for at in range(start, len(units), interval)]
    assert (found.interval, found.start) == (interval, start)
    assert {each.balance.wallet: each.hits for each in found.items} == {f"w{at:05}": hits.count(at) for at in {*hits}}
    keys = {f"w{place:05}" for place, book in enumerate(books) if book >= interval}
    assert {each.balance.wallet for each in found.items if each.key} == keys
    assert found.below == sum(book for book in books if 0 < book < interval)


def test_low_balances_are_those_of_the_smallest_digests() -> None:
    seed = seed_of(ROOT, "n", "EGP")
    books = [0, -5, 3, 9, 10, 50_000, 0, 9]
    found = select("EGP", balances(*books), seed, Terms(tolerable=2996, low=3))
    assert found.interval == 1000
    low = [f"w{place:05}" for place, book in enumerate(books) if book < 10]
    expected = sorted(low, key=lambda wallet: hashlib.sha256(seed + wallet.encode()).digest())[:3]
    assert (found.low_population, [each.wallet for each in found.low]) == (len(low), expected)


def test_an_expected_misstatement_narrows_the_interval_and_may_leave_none() -> None:
    seed, many = seed_of(ROOT, "n", "EGP"), balances(*[10_000] * 300)
    assert select("EGP", many, seed, Terms()).interval == math.floor(30_000 / 2.995732)
    assert select("EGP", many, seed, Terms(expected=5_000)).interval == math.floor((30_000 - 8_000) / 2.995732)
    with pytest.raises(RefusedError, match="EGP: an expected misstatement of 18,750 leaves nothing"):
        select("EGP", many, seed, Terms(expected=18_750))
    with pytest.raises(RefusedError, match="more than 5,000: tolerate more"):
        select("EGP", balances(*[10] * 6_000), seed, Terms(tolerable=3))


def test_one_wallet_and_a_book_of_a_few_units_are_examined_whole() -> None:
    found = select("EGP", balances(7), seed_of(ROOT, "n", "EGP"), Terms())
    assert (found.interval, found.items[0].hits, found.items[0].key, found.below) == (1, 7, True, 0)


def test_balances_of_38_digits_stay_exact_and_every_unit_can_be_the_start() -> None:
    huge = 10**38 - 1
    seed = seed_of(ROOT, "n", "EGP")
    found = select("EGP", balances(huge, 5, huge), seed, Terms(tolerable=Fraction(1, 100)))
    assert found.book == 2 * huge + 5
    assert found.interval == int(Fraction(found.book // 100) / Fraction("2.995732")) > SHORT
    assert found.start == int.from_bytes(seed, "big") % found.interval
    assert sum(each.hits for each in found.items) == (found.book - found.start - 1) // found.interval + 1
