"""What stands behind `tieout explain` and the job `explain`: find, write down who asked, and tell.

What goes in: the record of every call, and the JSON document. What stays out: what is told (checks.explanation), and
how people see it (explain_terminal). No figure depends on who asks or when; only the record has a time.

    <home>/explained.jsonl      a line for each call: when, of whom, from which export, why, and who asked
"""

import getpass
import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import dagster as dg

from assets.errors import HomeError, RefusedError
from assets.store import Home
from assets.workplace import Workplace
from checks.explanation import Cause, Explanation, explain, newest_audited, subject_of
from pipelines.instants import instant

RECORD = "explained.jsonl"
MONEY = frozenset(
    (
        *("ledger", "unsettled", "available", "recorded", "wallet_total", "opening", "lowest", "amount", "drift"),
        *("cached", "expected", "transaction_amount", "parted_amount", "parted_by_amount"),
    )
)
"""Fields that are minor units, and text in JSON."""


@dataclass(frozen=True)
class Question:
    """Whom someone asks about, and why."""

    wallet: str | None
    user: str | None
    reason: str | None
    actor: str | None


def explained(workplace: Workplace, question: Question) -> Explanation:
    """Answer from the newest audited export of the home, after writing down who asked.

    Raises RefusedError where there is no audited export, or the wallet or user is not known.
    """
    if bool(question.wallet) == bool(question.user):
        message = "name one wallet, or one user with --user."
        raise RefusedError(message)
    home = workplace.open_home()
    audit, unjudged = newest_audited(home, workplace.mapping())
    home.require_whole(audit.export)
    _write_down(home, question, audit.export.export_id)
    subject = subject_of(audit, question.wallet, question.user)
    return explain(audit, subject, tuple(export.export_id for export in unjudged))


def _write_down(home: Home, question: Question, export_id: str) -> None:
    """Add the call to the record before it is answered: what cannot be recorded is not told."""
    line = {
        "at": instant(datetime.now(UTC)),
        "wallet": question.wallet,
        "user": question.user,
        "export": export_id,
        "reason": question.reason,
        "actor": question.actor or _operator(),
    }
    text = json.dumps(line, ensure_ascii=False) + "\n"
    file = home.path / RECORD
    try:
        with file.open("a", encoding="utf-8") as record:
            record.write(text)
    except OSError as error:
        message = f"{file} cannot be written ({error.strerror}): a call that is not recorded is not answered."
        raise HomeError(message) from error


def _operator() -> str:
    """Return the user of the operating system, by number where it has no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())


def document(told: Explanation) -> dict[str, Any]:
    """Return the JSON document: money is text in minor units, instants are in the zone UTC."""
    certificate = told.audit.export.certificate
    return {
        "export": told.audit.export.export_id,
        "cut": instant(certificate.cut.at),
        "newer_exports_not_audited": list(told.unjudged),
        "users": list(told.users),
        "wallets": [
            {
                **_plain({key: value for key, value in wallet.about.items() if key != "wallet_key"}),
                "balances": [
                    {
                        **_plain({key: value for key, value in each.sides.items() if key != "wallet_id"}),
                        "cached": _text("cached", each.cached),
                        "hop_at_fault": each.hop_at_fault,
                        "lowest": _text("lowest", each.lowest),
                        "lowest_at": _text("lowest_at", each.lowest_at),
                        "causes": [_cause(cause) for cause in each.causes],
                        "writer": each.writer,
                        "history": [_plain(row) for row in each.history],
                        "latest": [_plain(row) for row in each.latest],
                    }
                    for each in wallet.balances
                ],
                "findings": [asdict(finding) for finding in wallet.findings],
            }
            for wallet in told.wallets
        ],
        "caches": [{**_plain(each.row), "causes": [_cause(one) for one in each.causes]} for each in told.caches],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    told = {key: getattr(cause, key) for key in ("thing", "hop", "sentence", "evidence", "first_divergence")}
    return {"cause": cause.row["cause"], **told, "figures": _plain(cause.row)}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(name, value) for name, value in row.items()}


def _text(name: str, value: Any) -> Any:  # noqa: ANN401 - any figure
    if isinstance(value, datetime):
        return instant(value)
    return str(value) if value is not None and (name in MONEY or isinstance(value, Decimal)) else value


def as_json(told: Explanation) -> str:
    """Return the document as text."""
    return json.dumps(document(told), ensure_ascii=False, indent=1)


class Asked(dg.Config):
    """Whom the job explains, and why."""

    wallet: str | None = None
    user: str | None = None
    reason: str | None = None
    actor: str | None = None


@dg.op
def explanation(context: dg.OpExecutionContext, config: Asked, workplace: Workplace) -> None:
    """Explain one wallet or user from the newest audited export; the answer stands in the metadata."""
    told = explained(workplace, Question(config.wallet, config.user, config.reason, config.actor))
    context.add_output_metadata({"explanation": dg.MetadataValue.json(document(told))})


@dg.job(name="explain", description="Explain a wallet's or a user's balances from the newest audited export.")
def explain_job() -> None:
    """Ask what `tieout explain` asks."""
    explanation()
