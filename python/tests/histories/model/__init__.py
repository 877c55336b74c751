"""The rules of the system in plain Python: what must be true, whatever the database does to make it so.

No database, no positions, no marks, no locks. The model is told what was said (`words`) in the order of
commits, how time passes, and what the engine chose where it may choose: which run starts, which membership
is pinned. It knows what follows; what may be seen when is the judge's.
"""
