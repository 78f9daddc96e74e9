"""Long work says how many rows, how fast, and how long yet."""

from pipelines.pace import Pace


def test_rows_rate_and_time_left_are_told() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert pace.line("reading transactions, 0 rows", 0, 1000) == "reading transactions, 0 rows: 0 %"
    now[0] = 10
    told = pace.line("reading transactions, 250,000 rows", 250, 1000)
    assert told == "reading transactions, 250,000 rows (25,000/s): 25 %, 0:30 left"
    now[0] = 4010
    told = pace.line("reading transactions, 500,000 rows", 500, 1000)
    assert told == "reading transactions, 500,000 rows (125/s): 50 %, 1:06:50 left"


def test_every_piece_of_work_has_its_own_beginning() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    pace.line("reading wallets, 10 rows", 1, 2)
    now[0] = 100
    assert pace.line("writing months", 1, 4) == "writing months: 25 %"
    now[0] = 102
    assert pace.line("writing months", 2, 4) == "writing months: 50 %, 0:02 left"
    assert pace.line("waiting 4 s for brave-otter-123: 503", 0, 0) == "waiting 4 s for brave-otter-123: 503"
