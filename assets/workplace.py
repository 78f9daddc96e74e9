"""Where a run works: the home, the configuration and the source, as the Dagster resource every step is given.

What goes in: finding what a step works on. What stays out: what the steps do.
"""

from contextvars import ContextVar
from pathlib import Path

import dagster as dg

from assets.audit import Audit
from assets.errors import MappingError, TieoutError
from assets.mapping import Mapping
from assets.mapping_file import load_mapping
from assets.sources.opening import open_source
from assets.sources.protocol import Progress, Source
from assets.store import Export, Home


def _silent(_what: str, _done: int, _of: int) -> None:
    """Say nothing: the default outside a terminal."""


PROGRESS: ContextVar[Progress] = ContextVar("PROGRESS", default=_silent)
"""What long work tells how far it is; the command line sets it."""


class Workplace(dg.ConfigurableResource["Workplace"]):
    """The home and configuration of an application; paths are as the user gave them."""

    home: str
    config: str | None = None
    source: str | None = None
    full: bool = False
    """Read everything, though the source could go on from the export before."""

    def open_home(self) -> Home:
        """Return the home."""
        return Home(Path(self.home))

    def mapping(self) -> Mapping:
        """Return the configuration in force."""
        return load_mapping(Path(self.config) if self.config else None)

    def open_source(self) -> Source:
        """Return the source that was given, or the one the configuration names; raise MappingError without one."""
        mapping, folder = self.mapping(), Path(self.config).parent if self.config else Path()
        arriving = self.open_home().arriving
        if self.source:
            return open_source(self.source, Path(), mapping.connection, folder, arriving)
        if mapping.source:
            return open_source(mapping.source, folder, mapping.connection, folder, arriving)
        message = "no source is given: name a snapshot, or set 'source' in tieout.toml."
        raise MappingError(message)

    def choose(self, run_id: str, export: Export) -> None:
        """Let the later steps of a run judge the export its first step made."""
        chosen = f"{export.export_id} {self.mapping().digest()}\n"
        self.open_home().write_text(self._choice(run_id), chosen)

    def chose(self, run_id: str) -> bool:
        """Tell whether a run has an export of its own."""
        return self._choice(run_id).exists()

    def audit(self, run_id: str, export_id: str | None = None) -> Audit:
        """Return the audit of the run's own export, of the named one, or of the newest.

        Raises TieoutError if the configuration is not the one the run began with, or the export was made under.
        """
        home, choice, mapping = self.open_home(), self._choice(run_id), self.mapping()
        configuration = mapping.digest()
        if choice.exists():
            export_id, configuration = choice.read_text().split()
        export = home.export(export_id) if export_id else home.newest()
        if configuration != mapping.digest() or export.certificate.mapping != mapping.export_digest():
            message = (
                f"the configuration changed since export {export.export_id} was made; run the job reconcile first."
            )
            raise TieoutError(message)
        return Audit(home, mapping, export)

    def _choice(self, run_id: str) -> Path:
        return self.open_home().path / "runs" / run_id
