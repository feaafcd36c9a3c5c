"""`python -m fediunion` is the command line."""

from fediunion.cli.main import main

if __name__ == "__main__":
    main()
