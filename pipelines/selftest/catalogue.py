"""Every fault there is, family by family."""

from pipelines.selftest.plants_balances import BALANCES
from pipelines.selftest.plants_commits import COMMITS
from pipelines.selftest.plants_creators import CREATORS
from pipelines.selftest.plants_escrow import ESCROW
from pipelines.selftest.plants_gates import GATES
from pipelines.selftest.plants_history import HISTORY
from pipelines.selftest.plants_people import PEOPLE
from pipelines.selftest.plants_projections import PROJECTIONS
from pipelines.selftest.plants_rows import ROWS
from pipelines.selftest.plants_transfers import TRANSFERS

FAULTS = GATES + ROWS + CREATORS + TRANSFERS + ESCROW + BALANCES + HISTORY + PROJECTIONS + COMMITS + PEOPLE
