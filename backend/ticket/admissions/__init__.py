"""Admissions: a scan at a door and its answer; the first use of a ticket wins."""
