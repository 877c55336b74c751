"""The rules of the system in plain Python: what must be true, whatever the database does to make it so.

No database, no positions, no marks. The model is told what was said (answers, events, edits, the clock) in
the order of commits, and what the engine chose where it may choose (which run starts, which membership is
pinned); it knows what follows. `Broken` says which rule does not hold.
"""
