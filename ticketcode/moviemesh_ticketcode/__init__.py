"""The code on a MovieMesh ticket: its fields, digits and signature, and the door's decision."""

from moviemesh_ticketcode.door import (
    Admission,
    Decision,
    Door,
    Known,
    Outcome,
    Reading,
    decide,
    read,
)
from moviemesh_ticketcode.keys import KeyList
from moviemesh_ticketcode.lists import (
    Move,
    Relocations,
    Revocations,
    open_relocations,
    open_revocations,
    seal,
)
from moviemesh_ticketcode.mm1 import Category, Code, TicketFields, decode, sign, verify
from moviemesh_ticketcode.problems import CodeProblem, Forged, ListRefused, Malformed, UnknownKey

__all__ = [
    "Admission",
    "Category",
    "Code",
    "CodeProblem",
    "Decision",
    "Door",
    "Forged",
    "KeyList",
    "Known",
    "ListRefused",
    "Malformed",
    "Move",
    "Outcome",
    "Reading",
    "Relocations",
    "Revocations",
    "TicketFields",
    "UnknownKey",
    "decide",
    "decode",
    "open_relocations",
    "open_revocations",
    "read",
    "seal",
    "sign",
    "verify",
]
