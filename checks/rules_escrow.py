"""The rules about money that is held for an entity: a gig, an order, whatever it is paid for.

Stays out: their SQL (sql/<name>.sql), and running them (judge). A hold takes money into escrow; what an entity with a
hold pays out, releases, refunds or is charged as a fee comes out of it.
"""

from checks.rule import Rule

KINDS = ("ESCROW_HOLD", "ESCROW_RELEASE", "PAYOUT")
FAMILY = (
    "transactions INNER JOIN kinds ON kinds.kind = transactions.kind WHERE settled AND related_hash IS NOT NULL AND "
    "(kinds.flow = 'escrow' OR kinds.flow = 'escrow_if_held' OR (kinds.flow = 'escrow_if_positive' AND amount > 0))"
)

ESCROW = (
    Rule(
        "escrow_names_its_entity",
        severity="error",
        asserts="completeness",
        scope="month",
        table="transactions",
        examines=(
            "transactions INNER JOIN kinds ON kinds.kind = transactions.kind WHERE kinds.flow = 'escrow' OR "
            "(kinds.flow = 'escrow_if_positive' AND amount > 0)"
        ),
        sentence=(
            "Transaction {transaction_id}, {kind} of {amount:money} in wallet {wallet_id}, does not say for what the "
            "money is held."
        ),
        advice="Find what each of them belongs to: without it no escrow can be shown to be whole.",
        needs=("transactions.related_id",),
        kinds=KINDS,
    ),
    Rule(
        "escrow_is_conserved",
        severity="error",
        asserts="existence",
        scope="cut",
        table="transactions",
        examines=FAMILY,
        sentence=(
            "Escrow of {related_id} took in {taken:money} and gave out {given:money}: it was down to "
            "{lowest:money}{imbalance:apart}."
        ),
        advice="Look for a payout made twice, before its hold, or in another currency; recover what was not held.",
        needs=("transactions.related_id",),
        kinds=KINDS,
    ),
    Rule(
        "escrow_is_not_stale",
        severity="warning",
        asserts="completeness",
        scope="cut",
        table="transactions",
        examines=FAMILY,
        sentence=(
            "Escrow of {related_id} still holds {open:money} at the cut of {cut_at:instant}, the first of it since "
            "{held_at:instant}."
        ),
        advice="Pay out, release or refund what is finished: the money belongs to somebody.",
        needs=("transactions.related_id",),
        kinds=KINDS,
    ),
    Rule(
        "refunds_have_originals",
        severity="warning",
        asserts="authorisation",
        scope="cut",
        table="transactions",
        examines=(
            "adjustments_and_refunds WHERE settled AND amount > 0 AND related_hash IS NOT NULL AND NOT "
            "COALESCE(names_itself, false)"
        ),
        sentence=(
            "For {related_id} the owner of wallet {wallet_id} was given back {refunded:money} and charged "
            "{charged:money}: {excess:size} too much."
        ),
        advice="Ask who granted each of them, and for what: nothing was charged that they could give back.",
        needs=("transactions.related_id",),
        cannot_examine=(
            "adjustments_and_refunds WHERE settled AND amount > 0 AND kind = 'REFUND' AND related_hash IS NULL"
        ),
        kinds=("REFUND",),
    ),
)
