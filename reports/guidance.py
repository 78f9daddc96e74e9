"""The fixed words of the report: what to do about a finding, what is not tested, what terms mean.

What goes in: texts that are the same for every ledger. What stays out: sentences with figures (narrative).
"""

from reports.evidence import Term

ANY_GAP = "Provide what is missing and run the audit again; until then this was not examined."

NOT_TESTED = (
    "That deposits and withdrawals occurred outside the ledger: no bank or provider statement was examined.",
    "Transactions that were never recorded.",
)
NO_TOTALS = "That the source handed over every row it has: it gives no totals of its own."
NO_OPINION = "Prepared by management's software; not an audit opinion."

STATES = {
    "broken": "Examined; at least one row breaks the rule.",
    "not verified": "Could not be examined. Nothing may be concluded about it.",
    "held": "Examined; no row breaks the rule.",
    "held, nothing to examine": "Ran, but the source has no row it speaks about.",
    "not applicable": "Does not apply here, for the reason given beside it.",
}

PROOFS = {
    "proven": "The source itself guarantees that all tables show this instant.",
    "by construction": "The source writes an export from a single instant, so all tables show the same one.",
    "declared": "That all tables show this instant is declared in the configuration, not proven.",
}

ONE_CAUSE = (
    "Half or more of the balances drift, which points to one cause: gross and net drift measure that cause, "
    "not as many errors."
)
CACHE_ONE_CAUSE = "What users are shown is off throughout as well, which points to one cause of its own."

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
        term="Exposure",
        meaning="What drift puts at risk: over-credited and still there, over-credited and withdrawn, under-credited.",
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
    Term(
        term="Offender",
        meaning="A row that breaks a rule. Each is listed, or the file that has all of them is named.",
    ),
    Term(
        term="Deciding, beside",
        meaning="A rule decides where it is part of the month's verdict; others are shown beside it, as of the cut.",
    ),
    Term(
        term="Flow",
        meaning="Where a kind moves money: outside (external), between wallets (transfer), or into and out of escrow.",
    ),
    Term(
        term="Leg",
        meaning="One of the transactions that make up a transfer, each in its own wallet.",
    ),
    Term(
        term="Escrow",
        meaning="Money taken out of a wallet and held for someone until it is released: in no wallet, and owed.",
    ),
    Term(
        term="Root",
        meaning="One SHA-256 over every row of a table: any other row, or order, gives another.",
    ),
    Term(
        term="Exception",
        meaning="A row that breaks a rule, known by its ids from export to export: new, persisting, waived or cured.",
    ),
    Term(
        term="Waiver",
        meaning="Rows that someone answers for by name, with a reason, a cap and a last day. They are counted apart.",
    ),
    Term(
        term="Systemic",
        meaning="A rule that half or more of at least 20 examined rows break: one cause, not many errors.",
    ),
    Term(term="CLEAN", meaning="Every rule that counts for the month ran, and no error was found."),
    Term(term="BROKEN", meaning="Every gate held, and at least one rule of severity error is broken."),
    Term(
        term="NOT VERIFIED",
        meaning="A gate is broken, or a rule that decides could not run. No conclusion is drawn.",
    ),
)
