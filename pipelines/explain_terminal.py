"""What people see of an explanation: the sides of each balance, why they part, and what led there.

What goes in: words and layout. What stays out: what scripts are told (explain).
"""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from checks.explanation import Balance, Cache, Cause, Explanation, Wallet
from checks.sentences import Teller
from pipelines.terminal import WIDTH

FAULT, GOOD = "bold red", "green"


def show_explanation(told: Explanation) -> None:
    """Print one block for each wallet, then the caches of its owner."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    teller = Teller(told.audit.mapping.currencies)
    certificate = told.audit.export.certificate
    console.print(Text(f"Export {told.audit.export.export_id}, cut {_instant(certificate.cut.at)}."))
    if told.unjudged:
        console.print(Text(f"Newer exports were not audited: {', '.join(told.unjudged)}.", "yellow"))
    for wallet in told.wallets:
        _show_wallet(console, teller, wallet)
    for cache in told.caches:
        _show_cache(console, teller, cache)
    if not told.wallets:
        console.print(Text("The user has no wallet."))


def _show_wallet(console: Console, teller: Teller, wallet: Wallet) -> None:
    about = wallet.about
    state = "" if about["is_active"] is not False else ", inactive"
    owner = f" of user {about['user_id']}" if about["user_id"] else ", which is in no table of wallets"
    console.print()
    console.print(Text(f"Wallet {about['wallet_id']}{owner}{state}", "bold"))
    for balance in wallet.balances:
        _show_balance(console, teller, balance)
    open_findings = [(each.rule, Text(each.sentence)) for each in wallet.findings if each.waiver is None]
    if open_findings:
        console.print(Text("\nOpen findings", "bold"))
        console.print(_grid(["rule", "what it says"], open_findings))
    waived = [(each.rule, Text(each.sentence), each.waiver) for each in wallet.findings if each.waiver]
    if waived:
        console.print(Text("\nWaived findings", "bold"))
        console.print(_grid(["rule", "what it says", "waiver"], waived))


def _show_balance(console: Console, teller: Teller, balance: Balance) -> None:
    sides = balance.sides
    money = _money(teller, sides["currency"])
    drift = {cause.row["stored"]: cause.row["drift"] for cause in balance.causes}
    rows = [
        ("ledger", money(sides["ledger"]), f"{sides['transactions']:,} transactions"),
        ("unsettled", money(sides["unsettled"]), ""),
        ("available", money(sides["available"]), "ledger less unsettled debits"),
        ("recorded balance", _side(money, sides["recorded"]), _beside(money, drift.get("projection"))),
        ("wallet's own total", _side(money, sides["wallet_total"]), _beside(money, drift.get("wallet total"))),
    ]
    if balance.cached is not None or "cache" in drift:
        rows.append(("user's cache", _side(money, balance.cached), _beside(money, drift.get("cache"))))
    if balance.lowest is not None and balance.lowest_at is not None:
        rows.append(("lowest ever", money(balance.lowest), _instant(balance.lowest_at)))
    console.print()
    console.print(_grid([sides["currency"], "amount", ""], rows, right={1}))
    if balance.hop_at_fault:
        console.print(Text(f"At fault: {balance.hop_at_fault}.", FAULT))
    else:
        console.print(Text("All sides agree.", GOOD))
    _show_causes(console, [cause for cause in balance.causes if cause.row["stored"] != "cache"])
    if balance.writer:
        console.print(Text(f"  {balance.writer}"))
    _show_history(console, money, balance.history)
    _show_latest(console, money, balance.latest)


def _show_causes(console: Console, causes: Sequence[Cause]) -> None:
    for cause in causes:
        console.print(Text(f"  {cause.thing.capitalize()}: {cause.sentence} {cause.evidence}"))
        console.print(Text(f"  First divergence. {cause.first_divergence}"))


def _show_history(console: Console, money: Any, history: Sequence[dict[str, Any]]) -> None:  # noqa: ANN401
    rows = [
        (each["export"], _instant(each["cut"]), *(_side(money, each[name]) for name in ("recorded", "ledger", "drift")))
        for each in history
    ]
    console.print()
    console.print(_grid(["reconciled", "cut", "recorded", "ledger", "drift"], rows, right={2, 3, 4}))


def _show_latest(console: Console, money: Any, latest: Sequence[dict[str, Any]]) -> None:  # noqa: ANN401
    rows = [
        (each["transaction_id"], _instant(each["created_at"]), each["kind"], money(each["amount"]), _state(each))
        for each in latest
    ]
    if rows:
        console.print()
        console.print(_grid(["latest transaction", "created", "kind", "amount", "status"], rows, right={3}))


def _show_cache(console: Console, teller: Teller, cache: Cache) -> None:
    row = cache.row
    money = _money(teller, row["currency"])
    shown = "is shown nothing" if row["cached"] is None else f"is shown {money(row['cached'])}"
    console.print()
    told = f"User {row['user_id']} {shown}, recorded for all wallets is {money(row['recorded'])}."
    console.print(Text(told, FAULT if cache.causes else ""))
    _show_causes(console, cache.causes)


def _grid(
    header: Sequence[str], rows: Sequence[tuple[Any, ...]], right: frozenset[int] | set[int] = frozenset()
) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(header):
        table.add_column(name, justify="right" if place in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell)) for cell in row))
    return table


def _money(teller: Teller, currency: str) -> Any:  # noqa: ANN401 - a function of an amount
    return lambda amount: teller.tell("{amount:money}", {"amount": amount, "currency": currency})


def _side(money: Any, amount: int | None) -> str:  # noqa: ANN401
    return "-" if amount is None else str(money(amount))


def _beside(money: Any, drift: int | None) -> Text:  # noqa: ANN401
    return Text("" if drift is None else f"drift {money(drift)}", FAULT)


def _state(row: dict[str, Any]) -> str:
    return row["status"] or "settled"


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
