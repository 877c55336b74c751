"""Lets `python -m app` stand in for the `rookery` command."""

from app.cli import main

if __name__ == "__main__":
    main()
