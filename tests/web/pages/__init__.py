"""The pages that everybody browses."""
