"""The fixed words of the report: what to do about a finding, what is not tested, what terms mean.

What goes in: texts that are the same for every ledger. What stays out: sentences with figures (narrative).
"""

from reports.evidence import Term

NEXT_STEPS = {
    "exports_are_complete": "Export the source again, whole; nothing can be judged from a part of it.",
    "exports_are_one_cut": "Export again from a source that shows one instant, or declare how that is known.",
    "transaction_ids_are_unique": "Find out why two transactions have one id, then export again.",
    "schemas_match": "Compare the listed columns with the configuration; correct whichever is wrong.",
    "amounts_are_exact_integers": "Correct these amounts at the source: money is whole minor units.",
    "sums_do_not_overflow": "Check the listed wallets for absurd amounts; no real balance is this large.",
    "engines_agree": "Treat no figure as established; report this defect of the audit with the rows.",
    "ledger_is_append_only": "Find who rewrote the ledger: compare both sides of each row, and restore what was there.",
    "projections_move_with_ledgers": "Look at the writer of that commit: it booked one side without the other.",
    "currencies_are_known": "Add the currency and its decimals to the configuration, or trace who wrote it.",
    "types_are_known": "Add the type to the configuration, or trace the writer that invented it.",
    "wallets_exist": "Find out whether the wallet was deleted or misspelt; its money has no owner.",
    "currencies_match_wallets": "Trace the writer that booked money of one currency to a wallet of another.",
    "idempotency_keys_are_unique": "Compare the rows: one instruction was probably booked more than once.",
    "transfers_net_to_zero": "Look for the missing or altered leg of each transfer: it made or lost money.",
    "balances_are_not_negative": "Establish how each wallet was overdrawn, and what can be recovered.",
    "balances_never_were_negative": "Look at the rows before the low point: money was spent too early.",
    "projections_do_not_drift": "Find what changed the recorded balance, then rebuild it from the ledger.",
    "projections_are_present": "Rebuild the missing recorded balances from the ledger.",
    "projections_have_ledgers": "Find who recorded money that no transaction supports; do not pay it out.",
    "projections_are_single": "Decide which row the application reads, then remove the others.",
    "caches_do_not_drift": "Once the recorded balances are right, rebuild the users' cached balances.",
}
ANY_FINDING = "Go through the listed rows, establish the cause, correct it with a new transaction."
ANY_GAP = "Provide what is missing and run the audit again; until then this was not examined."

NOT_TESTED = (
    "That deposits and withdrawals occurred outside the ledger: no bank or provider statement was examined.",
    "Transactions that were never recorded.",
)
NO_OPINION = "Prepared by management's software; not an audit opinion."

STATES = {
    "broken": "Examined; at least one row breaks the rule.",
    "not verified": "Could not be examined. Nothing may be concluded about it.",
    "held": "Examined; no row breaks the rule.",
    "held, nothing to examine": "Ran, but the source has no row it speaks about.",
    "not applicable": "The configuration says that this source has no such thing.",
}

PROOFS = {
    "proven": "The source itself guarantees that all tables show this instant.",
    "by construction": "The source writes an export from a single instant, so all tables show the same one.",
    "declared": "That all tables show this instant is declared in the configuration, not proven.",
}

GLOSSARY = (
    Term(
        term="Ledger",
        meaning="What a wallet must hold in a currency: its opening plus all settled transactions.",
    ),
    Term(
        term="Settled",
        meaning="Of a status that moves money. A transaction without a status counts as settled.",
    ),
    Term(
        term="Recorded balance",
        meaning="What the application itself keeps as a wallet's balance (its projection).",
    ),
    Term(
        term="Drift",
        meaning="Recorded less ledger, signed. Above zero: the application shows more than is there.",
    ),
    Term(
        term="Gross and net drift",
        meaning="Gross adds absolute drift; net adds signed drift, where errors cancel.",
    ),
    Term(
        term="Cut",
        meaning="The one instant that the export shows. Recorded balances are known at the cut only.",
    ),
    Term(
        term="Closing",
        meaning="A wallet's ledger when the period ends: the end of the month, or the cut before it.",
    ),
    Term(term="Kind", meaning="A transaction's type, corrected where the configuration names how to tell."),
    Term(
        term="Roll-forward",
        meaning="Opening plus movements gives closing. It foots when both ways of adding agree.",
    ),
    Term(
        term="Minor unit",
        meaning="The smallest unit of a currency, such as a cent. All figures are whole minor units.",
    ),
    Term(
        term="Gate",
        meaning="A rule about the export itself. If one breaks, nothing may be judged from the export.",
    ),
    Term(
        term="Error, warning",
        meaning="A broken error makes the verdict BROKEN; a broken warning does not change it.",
    ),
    Term(
        term="Scope",
        meaning="Month: rows of the month. Closing: balances at its end. Cut: the state at the cut.",
    ),
    Term(term="CLEAN", meaning="Every rule that counts for the month ran, and no error was found."),
    Term(term="BROKEN", meaning="Every gate held, and at least one rule of severity error is broken."),
    Term(
        term="NOT VERIFIED",
        meaning="A gate is broken, or a rule that decides could not run. No conclusion is drawn.",
    ),
)


def next_step(rule: str, result: str) -> str:
    """Tell what to do about a rule that is broken or not verified."""
    return NEXT_STEPS.get(rule, ANY_FINDING) if result == "broken" else ANY_GAP
