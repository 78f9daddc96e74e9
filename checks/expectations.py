"""The only user of Great Expectations: it enforces what the rules found, by a path of its own.

Two rules are enforced on the frame of balances, all others on the frame of rules (no offenders). A rule and its
expectation are two paths to one figure, and must agree. Importing the library takes seconds: it is done once, late.
"""

import logging
import threading
import warnings
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from assets.errors import TieoutError
from assets.schemas import SUM
from checks.outcome import Outcome
from checks.scopes import Scope

ANSWERS = 4096
"""How many answers on the frame of rules are kept; one takes about 10 KB."""
ON_BALANCES = ("balances_are_not_negative", "projections_do_not_drift")
_VOLATILE = (
    "run_id",
    "run_time",
    "batch_id",
    "validation_time",
    "active_batch_definition",
    "id",
    "batch_markers",
)


def import_ahead() -> None:
    """Begin to import the library on another thread, so that nobody waits for it later.

    The thread is no daemon: a process that ends in the middle of an import leaves noise behind.
    """
    threading.Thread(target=_library).start()


def enforce(outcome: Outcome, scope: Scope) -> dict[str, Any]:
    """Validate one outcome, and return what the library said, as plain data without run ids and times.

    It knows no waivers: what it sees is every row that breaks the rule, waived or not.
    Raises TieoutError where the rule and its expectation disagree.
    """
    if outcome.result not in ("held", "broken"):
        return {}
    every = outcome.offenders + outcome.waived
    found = _on_balances(outcome.rule, scope) if outcome.rule in ON_BALANCES else _of_rule(outcome.rule, every)
    counted = "unexpected_count" if outcome.rule in ON_BALANCES else "observed_value"
    (offenders,) = (each["result"][counted] for each in found["results"])
    if found["success"] != (every == 0) or offenders != every:
        message = (
            f"{outcome.rule}: its query finds {every} offenders, its expectation {offenders}; nothing can be concluded."
        )
        raise TieoutError(message)
    return dict(_without_run(found))


def _on_balances(rule: str, scope: Scope) -> dict[str, Any]:
    """Validate what a rule says on the frame of balances."""
    expectations, rules = _library().expectations, scope.mapping.rules
    if rule == "projections_do_not_drift":
        bounds = {"min_value": 1 - rules.drift_tolerance, "max_value": rules.drift_tolerance - 1}
        frame = _whole_numbers(scope.balances["drift"])
        return _validated(frame, expectations.ExpectColumnValuesToBeBetween(column="minor_units", **bounds))
    exempt = pa.array(rules.system_wallets, pa.string())
    liable = scope.balances.filter(pc.invert(pc.is_in(scope.balances["wallet_id"], exempt)))
    frame = _whole_numbers(pc.min_element_wise(liable["ledger"], liable["recorded"]))
    return _validated(frame, expectations.ExpectColumnValuesToBeBetween(column="minor_units", min_value=0))


@lru_cache(ANSWERS)
def _of_rule(rule: str, offenders: int) -> dict[str, Any]:
    """Validate the frame of one rule: most months ask the same of it, and the library need not be asked twice."""
    frame = pd.DataFrame({"rule": [rule], "offenders": [offenders]})
    return _validated(frame, _library().expectations.ExpectColumnMaxToBeBetween(column="offenders", max_value=0))


def _whole_numbers(sums: "pa.ChunkedArray[pa.Decimal128Scalar]") -> pd.DataFrame:
    """Return exact sums as nullable 64-bit integers; one beyond becomes the nearest end, which is as bad."""
    least, most = (pa.scalar(Decimal(end), SUM) for end in (-(2**63), 2**63 - 1))
    within = pc.if_else(pc.less(sums, least), least, pc.if_else(pc.greater(sums, most), most, sums))
    table = pa.Table.from_arrays([within.cast(pa.int64())], names=["minor_units"])
    return table.to_pandas(types_mapper=lambda _: pd.Int64Dtype())


def _validated(frame: pd.DataFrame, expectation: Any) -> dict[str, Any]:  # noqa: ANN401 - the library's own
    suite = _library().ExpectationSuite(name="rules", expectations=[expectation])
    batch = _whole_frames().get_batch({"dataframe": frame})
    return dict(batch.validate(suite, result_format="SUMMARY").to_json_dict())


@cache
def _whole_frames() -> Any:  # noqa: ANN401 - the library's own
    """Return the definition of a batch that is a whole frame; making one is dearer than using it."""
    context = _library().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    frames = context.data_sources.add_pandas("frame").add_dataframe_asset("frame")
    return frames.add_batch_definition_whole_dataframe("all")


def _without_run(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Drop run ids and times: what is kept is a function of the export alone."""
    if isinstance(value, dict):
        return {key: _without_run(part) for key, part in value.items() if key not in _VOLATILE}
    return [_without_run(part) for part in value] if isinstance(value, list) else value


_LOADING = threading.Lock()


def _library() -> Any:  # noqa: ANN401 - the library's own
    with _LOADING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx  # noqa: PLC0415 - seven seconds, only when needed

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return gx
