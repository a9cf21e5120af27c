"""`python -m rapport` is `rapport`."""

from rapport.web.cli.main import main

if __name__ == "__main__":
    main()
