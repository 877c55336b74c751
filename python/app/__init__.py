"""Rookery: carries bytes between X and PostgreSQL, and shows people what the database knows."""
