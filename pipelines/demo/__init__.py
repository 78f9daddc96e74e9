"""A synthetic Gigsy, written as a Convex snapshot export, with faults planted on purpose."""
