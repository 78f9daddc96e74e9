"""Small ledgers that Hypothesis draws, as plain Python values, and what both engines find in them.

What goes in: drawing rows, users and wallets that meet at every border, and asking a rule. What stays out: what must be
found; every oracle stands in its own test, and is written from the catalogue alone.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from assets.engines import polars_engine
from checks.rules import RULES
from tests.checks.few_rows import answered, question_of
from tests.checks.ledger_text import Case, views
from tests.kept_engine import kept_engine

REGISTER = {rule.name: rule for rule in RULES}
Row = dict[str, Any]
START = datetime(2025, 1, 1, tzinfo=UTC)
CUT = START + timedelta(seconds=150)
INT64 = (-(2**63), 2**63 - 1)
KINDS = (
    "DEPOSIT",
    "WITHDRAWAL",
    "TRANSFER",
    "ESCROW_HOLD",
    "ESCROW_RELEASE",
    "PAYOUT",
    "FEE",
    "REFUND",
    "ADJUSTMENT",
    "INITIAL_FUNDING",
    "GIFT",
)


@dataclass(frozen=True)
class Drawn:
    """Everything a rule may look at."""

    rows: list[Row]
    users: list[Row]
    wallets: list[Row]
    settings: Row
    largest: dict[str, int]
    system: tuple[str, ...]

    def user(self, name: str | None) -> Row | None:
        """Return the user whom a name stands for."""
        return next((user for user in self.users if name and name in (user["user_id"], user["login_id"])), None)

    def wallet(self, row: Row) -> Row | None:
        """Return the wallet of a row."""
        return next((wallet for wallet in self.wallets if wallet["wallet_id"] == row["wallet_id"]), None)

    def owner(self, row: Row) -> str | None:
        """Return the owner of a row's wallet."""
        wallet = self.wallet(row)
        return wallet and wallet["user_id"]


def authorised(name: str | None) -> bool:
    """Tell whether the preset authorises a creator."""
    return name is not None and (name == "system" or name.startswith("system:wallet-init:"))


def settled(row: Row) -> bool:
    return row["status"] in (None, "COMPLETED")


def quick(examples: int) -> settings:
    """Return the settings of a property: the same examples on every run."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=slow,
        phases=[Phase.generate],
    )


def _instants(*seconds: float) -> st.SearchStrategy[datetime]:
    return st.sampled_from([START + timedelta(seconds=each) for each in seconds])


AMOUNTS = st.sampled_from([*INT64, -5100, -100, -1, 0, 1, 1, 2, 2, 50, 51, 100, 101, 5000])
ROWS = st.fixed_dictionaries(
    {
        "wallet_id": st.sampled_from(["w1", "w1", "w1", "w1", "w2", "w3", "w9"]),
        "currency": st.sampled_from(["EGP", "EGP", "EGP", "USD"]),
        "kind": st.sampled_from(KINDS),
        "amount": AMOUNTS,
        "status": st.sampled_from(["COMPLETED", "COMPLETED", "COMPLETED", None, "PENDING"]),
        "created_at": _instants(0, 0.001, 60, 120, 120.001, 150, 210, 210.001),
        "source_created_at": st.one_of(st.none(), _instants(0, 60, 150, 210)),
        "created_by": st.sampled_from(["u1", "clerk:1", "u2", "a1", "system", "system:wallet-init:u1", "u9", "", None]),
        "idempotency_key": st.sampled_from([None, "", "k1", "k1", "k2", "k3"]),
        "related_type": st.sampled_from([None, "gig"]),
        "related_id": st.sampled_from([None, None, None, "", "k1", "k2", "g1"]),
        "external_reference": st.sampled_from([None, "", "r", "r", "R"]),
        "reason_characters": st.integers(8, 12),
        "reason_words": st.integers(0, 3),
    }
)


@st.composite
def drawn(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS, amounts: tuple[int, ...] = ()) -> Drawn:
    """Draw a ledger, all of its rows of these kinds and amounts, if they are given."""
    rows = draw(st.lists(ROWS, min_size=8, max_size=20))
    for place, row in enumerate(rows):
        row["transaction_id"] = f"t{place}"
        row["kind"] = draw(st.sampled_from(kinds))
        row["amount"] = draw(st.sampled_from(amounts)) if amounts else row["amount"]
        if row["kind"] != "ADJUSTMENT":
            row["reason_characters"] = row["reason_words"] = None
    passed = st.one_of(st.none(), _instants(0, 60, 120))
    users = [
        {"user_id": user, "login_id": login, "is_admin": user == "a1", "kyc_passed_at": draw(passed)}
        for user, login in (("u1", "clerk:1"), ("u2", None), ("a1", None))
    ]
    owners = st.sampled_from(["u1", "u2", "a1", "u9", None])
    wallets = [
        {
            "wallet_id": wallet,
            "user_id": draw(owners),
            "is_active": draw(st.sampled_from([True, False, None])),
            "updated_at": draw(passed),
        }
        for wallet in ("w1", "w2", "w3")
    ]
    asked = {
        "median_multiple": draw(st.sampled_from([0, 1, 50])),
        "repeat_seconds": draw(st.sampled_from([0, 60, 120])),
        "date_grace": draw(st.sampled_from([0, 60])),
    }
    largest = draw(st.sampled_from([{}, {"EGP": 100}]))
    return Drawn(rows, users, wallets, asked, largest, draw(st.sampled_from([(), ("w1",)])))


def found(rule: str, ledger: Drawn) -> list[str]:
    """Return the ids of the offenders that both engines find in all rows, and in those that may break the rule."""
    tables = {
        "transactions": ledger.rows,
        "users": ledger.users,
        "wallets": ledger.wallets,
        "settings": [ledger.settings],
        "source_cut": [{"cut_at": CUT}],
        "largest_amounts": [{"currency": currency, "largest": most} for currency, most in ledger.largest.items()],
        "system_wallets": [{"wallet_id": wallet} for wallet in ledger.system],
    }
    written = {
        name: [{column: _cell(value) for column, value in row.items()} for row in rows] for name, rows in tables.items()
    }
    asked = REGISTER[rule]
    case = Case(rule, "drawn", keeps=True, tables=written)
    shown = views(case, asked.views)
    answers = []
    for engine in (kept_engine, polars_engine):
        with engine(shown) as query:
            answers.append(query(asked.text).to_pylist())
    assert answers[0] == answers[1]
    if asked.tells_suspects:
        question = question_of(asked, shown, views(case, ("settings",))["settings"])
        assert question is not None
        assert answered(question, shown).to_pylist() == answers[0]
    return sorted(row["transaction_id"] for row in answers[0])


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, datetime) else str(value) or "''"


def ids(rows: list[Row]) -> list[str]:
    return sorted(row["transaction_id"] for row in rows)
