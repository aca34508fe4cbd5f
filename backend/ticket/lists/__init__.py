"""Lists: the signed revocations and relocations of a cinema that doors pull."""
