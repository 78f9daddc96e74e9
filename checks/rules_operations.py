"""The rules about how tieout and the application run: run history, failed attempts, speed and volume.

They never change a verdict, are kept apart from what an export alone decides, and are told beside it. What stays out:
their SQL (sql/<name>.sql), and running them (judge).
"""

from checks.rule import Enough, Escalation, Rule

OPERATIONS = (
    Rule(
        "controls_ran",
        operations=True,
        severity="warning",
        asserts="completeness",
        scope="cut",
        escalation=Escalation("critical", minutes=0),
        table="run_history",
        examines="run_history WHERE succeeded",
        sentence=(
            "No reconciliation ended between {since_at:instant} and {until_at:instant}: for {minutes:count} minutes, "
            "when one is expected within {expected:count}."
        ),
        advice="Find out why the schedule did not run; nothing was examined in the meantime.",
        enough=Enough("run_history WHERE succeeded", least=1, unit="reconciliations before this one"),
    ),
    Rule(
        "reconciliations_succeed",
        operations=True,
        severity="warning",
        asserts="completeness",
        scope="cut",
        escalation=Escalation("critical", minutes=0),
        table="run_history",
        examines="run_history",
        sentence="{failures:count} reconciliations in a row failed; the last began {began_at:instant} ({failure}).",
        advice="Look at the runs in Dagster: their first error says what stopped them.",
    ),
    Rule(
        "error_rate_is_low",
        operations=True,
        severity="warning",
        asserts="completeness",
        scope="cut",
        escalation=Escalation("critical", minutes=10),
        table="attempts",
        examines="attempts",
        sentence=(
            "In the five minutes up to {window_end:instant} {failed:count} of {attempts:count} attempts failed; at "
            "most 5 % may, here {allowed:count}."
        ),
        advice="Look at the errors of that time; rows may be missing where an attempt failed half-way.",
        needs=("attempts",),
    ),
    Rule(
        "drift_is_not_rising",
        operations=True,
        severity="warning",
        asserts="accuracy",
        scope="cut",
        escalation=Escalation("warning", minutes=60),
        table="run_history",
        examines="(SELECT DISTINCT currency FROM drift_history) AS currencies_compared",
        sentence=(
            "Gross drift in {currency} rose three reconciliations running, from {first_gross:money} to {gross:money}: "
            "by {rise:money}."
        ),
        advice="Find the writer that parts projections from their ledgers before more of them drift.",
        needs=("wallet_balances",),
        enough=Enough("(SELECT DISTINCT sequence FROM drift_history) AS points", least=4, unit="reconciled exports"),
    ),
    Rule(
        "processing_is_on_baseline",
        operations=True,
        severity="warning",
        asserts="cut-off",
        scope="cut",
        escalation=Escalation("warning", minutes=60),
        table="hourly_latencies",
        examines="hourly_latencies WHERE tested AND commits >= 20",
        sentence=(
            "In the hour from {hour_at:instant} 95 % of {commits:count} transactions were committed within "
            "{p95_us:count} microseconds of their creation; the median of the 7 days before is {normal_us:count}."
        ),
        advice="Look at the load and the writers of that hour: transactions waited to be written.",
        needs=("transactions.commit_ns", "commits"),
        enough=Enough("hourly_latencies WHERE commits >= 20", least=25, unit="hours of 20 commits"),
    ),
    Rule(
        "volume_is_normal",
        operations=True,
        severity="warning",
        asserts="completeness",
        scope="cut",
        escalation=Escalation("warning", minutes=60),
        table="hourly_volumes",
        examines="hourly_volumes WHERE week = 0 AND transactions >= 20",
        sentence=(
            "In the hour from {hour_at:instant} {transactions:count} transactions moved {gross:money}; normal for "
            "that hour of the week are {normal_transactions:count} and {normal_gross:money}."
        ),
        advice="Find out what was behind it: a campaign, a job that ran twice, or abuse.",
        enough=Enough("(SELECT DISTINCT week FROM hourly_volumes WHERE week > 0) AS weeks", least=4, unit="weeks"),
    ),
)
