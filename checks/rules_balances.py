"""The rules about what wallets hold by the ledger, at every instant and at the end of months.

Stays out: their SQL (sql/<name>.sql), and running them (judge).
"""

from checks.rule import Escalation, Rule

BALANCES = (
    Rule(
        "balances_are_not_negative",
        severity="error",
        asserts="accuracy",
        scope="closing",
        escalation=Escalation("critical", minutes=0),
        table="drift",
        examines="drift",
        sentence="Wallet {wallet_id} is below zero: its ledger holds {ledger:money}{recorded:recorded}.",
        advice="Establish how each wallet was overdrawn, and what can be recovered.",
        amount="LEAST(ledger, recorded)",
    ),
    Rule(
        "balances_never_were_negative",
        severity="error",
        asserts="accuracy",
        scope="month",
        table="movements",
        examines="(SELECT DISTINCT wallet_key, currency FROM closings WHERE lowest IS NOT NULL) AS moved",
        sentence="Wallet {wallet_id} was down to {lowest:money}, first below zero in {first_month}.",
        advice="Look at the rows before the low point: money was spent too early.",
    ),
)
