"""Crashes: full syncs in which worker, server or both die at a statement's boundary, and what is left."""
