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
    Rule(
        "balances_hold_in_any_order",
        severity="warning",
        asserts="accuracy",
        scope="month",
        table="movements",
        examines="movements WHERE settled",
        counting="transactions",
        sentence=(
            "Wallet {wallet_id} held {before:money} before the {transactions:count} transactions of "
            "{created_at:instant}, and had they come in another order it would have been down to {lowest:money}."
        ),
        advice="Find out which came first: a debit may have been let through before the money was there.",
    ),
    Rule(
        "months_stay_closed",
        severity="error",
        asserts="cut-off",
        scope="month",
        table="closed_months",
        examines="closings INNER JOIN closed_months ON closed_months.month = closings.month",
        sentence=(
            "Wallet {wallet_id} closed {month} with {closing_as_closed:money} after {transactions_as_closed:count} "
            "settled transactions{sealed_as:sealed}, and closes it now with {closing:money} after "
            "{transactions:count}: {change:size} too {change:way}."
        ),
        without_wallet=(
            "The rows of {month} are not those that were sealed as {sealed_as}: {rows_sealed:count} then, "
            "{rows_now:count} now{added:added}{removed:removed}{changed:altered}{unnamed:because}."
        ),
        advice=(
            "Read which rows did it in the restatement of the month's new report, or under ledger_is_append_only. "
            "If they are right now, archive the month again: its seal names the one it replaces."
        ),
        needs=("history",),
        cannot_examine="sealed_months WHERE problem IS NOT NULL",
    ),
    Rule(
        "openings_equal_closings",
        severity="error",
        asserts="cut-off",
        scope="month",
        table="closed_months",
        examines="closings INNER JOIN closed_months ON closed_months.next_month = closings.month",
        sentence=(
            "Wallet {wallet_id} opens {month} with {opening:money}, and {month_before} was closed with "
            "{closing_before:money}{sealed_as:sealed}: {change:size} too {change:way}."
        ),
        advice="Compare the closed month before with its restatement: what follows it rests on other figures now.",
        needs=("history",),
        cannot_examine="sealed_months WHERE problem IS NOT NULL",
    ),
    Rule(
        "money_is_conserved",
        severity="error",
        asserts="completeness",
        scope="cut",
        table="movements",
        examines="(SELECT DISTINCT currency FROM movements WHERE settled) AS moved",
        sentence=(
            "In {currency} wallets opened with {openings:money} and {external:money} came from outside, yet wallets "
            "hold {closings:money} and escrow {escrow:money}: {imbalance:size} too {imbalance:way}. Transfers sum to "
            "{transfers:money}."
        ),
        advice="Begin with transfers_net_to_zero and months_stay_closed: they name the rows that made or lost money.",
    ),
)
