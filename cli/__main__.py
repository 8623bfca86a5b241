"""`python -m cli`: the justicegraph command."""

from cli import main

main()
