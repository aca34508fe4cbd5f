"""A ticket code as a path of SVG; a unit is a square's side, and the quiet zone is left out."""

from backend.kit.qr import SIDE, path

__all__ = ["SIDE", "qr_path"]
_STRETCH = "M{x} {y}h{length}v1h-{length}z"


def qr_path(code: str) -> str:
    """Return the dark squares of 244 digits as one path."""
    return path(code, _STRETCH)
