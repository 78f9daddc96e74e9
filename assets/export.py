"""From a source to an export: one immutable cut in Parquet, and the certificate, written last.

What goes in: when an export is made, reused or refused. What stays out: how rows become tables (press), how a
source is read (sources), where files go (store), and whether the export may be trusted (the gates).
"""

from assets.certificate import FORMAT, Certificate, SourceName
from assets.engines import duckdb_engine
from assets.errors import HomeError, SourceError
from assets.mapping import Mapping
from assets.press import Press
from assets.schemas import EXPORTED
from assets.sources.protocol import Progress, Snapshot, Source
from assets.store import Export, Home


def export_source(home: Home, mapping: Mapping, source: Source, progress: Progress) -> Export:
    """Return the export of the source's present state, made now or found whole from an earlier run.

    Raises SourceError when nothing can be exported, HomeError when the home belongs to another ledger.
    """
    snapshot = source.snapshot()
    home.refuse_stranger(_deed(mapping, snapshot))
    for export in reversed(home.exports()):
        if _shows(export.certificate, snapshot, mapping) and home.intact(export):
            home.sweep(EXPORTED)
            return export
    try:
        certificate = _pressed(home, mapping, source, snapshot, progress)
        if source.snapshot() != snapshot:
            message = "the source changed while it was read; audit it again once it is whole."
            raise SourceError(message)
        _refuse_another_ledger(home, certificate)
        home.claim(_deed(mapping, snapshot))
        known = [export for export in home.exports() if export.certificate == certificate]
        return known[-1] if known else home.commit(certificate)
    finally:
        home.sweep(EXPORTED)


def _deed(mapping: Mapping, snapshot: Snapshot) -> dict[str, str | None]:
    return {"mapping": mapping.identity(), "deployment": snapshot.deployment}


def _shows(certificate: Certificate, snapshot: Snapshot, mapping: Mapping) -> bool:
    """Tell whether an export is of this very snapshot, read by this very mapping."""
    cut = certificate.cut
    same_cut = snapshot.cut_at == cut.at if cut.bound == "exact" else (snapshot.cut_at or cut.at) <= cut.at
    return certificate.source == _named(snapshot) and certificate.mapping == mapping.export_digest() and same_cut


def _named(snapshot: Snapshot) -> SourceName:
    return SourceName(kind=snapshot.kind, deployment=snapshot.deployment, sha256=snapshot.sha256, bytes=snapshot.bytes)


def _pressed(home: Home, mapping: Mapping, source: Source, snapshot: Snapshot, progress: Progress) -> Certificate:
    """Write every table of the snapshot, and return the certificate that names them all."""
    with home.workshop() as folder:
        staged = {name: source.stage(name, mapping, folder, progress) for name in mapping.present()}
        press = Press(home, mapping, staged, folder)
        try:
            cut = press.cut(snapshot)
            written = press.tables(progress)
            seen = press.witness(written, cut)
            return Certificate(
                format=FORMAT,
                source=_named(snapshot),
                mapping=mapping.export_digest(),
                zone=mapping.zone,
                cut=cut,
                latest_created_at=press.latest_created_at(),
                tables={**written, **seen},
                control_totals=press.control_totals(),
            )
        finally:
            press.close()


def _refuse_another_ledger(home: Home, certificate: Certificate) -> None:
    """Refuse a snapshot that shares no wallet with the export before: it is another ledger's."""
    earlier = home.exports()
    if not earlier:
        return
    views = {
        "before": home.view("wallets", earlier[-1].certificate.tables["wallets"].files),
        "present": home.view("wallets", certificate.tables["wallets"].files),
    }
    with duckdb_engine(views) as query:
        shared = query("SELECT COUNT(*) AS n FROM present WHERE wallet_key IN (SELECT wallet_key FROM before)")
        counted = [query(f"SELECT COUNT(*) AS n FROM {view}")["n"][0].as_py() for view in views]
    if all(counted) and not shared["n"][0].as_py():
        message = f"{home.path} belongs to another ledger: not one wallet is in both; give another --home."
        raise HomeError(message)
