"""A ledger in Convex: snapshots in a ZIP or a folder, and deployments read live over HTTP."""
