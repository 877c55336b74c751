"""The rules of the system in plain Python: what must be true, whatever the database does to make it so.

No database, no positions, no marks. The model is told what was said (answers, events, edits, the clock) in
the order of commits, and what the engine chose where it may choose (which run starts, which membership is
pinned); it knows what follows. `Broken` says which rule does not hold.
"""

from histories.model.assets import SUBJECT_KINDS, Asset, Assets, Root, Success
from histories.model.books import Books
from histories.model.graph import LISTS, Broken, Edge, Graph, Origin, Post, Subject, User
from histories.model.ingest import ACTIONS, PERHAPS_BILLED, Ingest, Known, Run, class_of

__all__ = [
    "ACTIONS",
    "LISTS",
    "PERHAPS_BILLED",
    "SUBJECT_KINDS",
    "Asset",
    "Assets",
    "Books",
    "Broken",
    "Edge",
    "Graph",
    "Ingest",
    "Known",
    "Origin",
    "Post",
    "Root",
    "Run",
    "Subject",
    "Success",
    "User",
    "class_of",
]
