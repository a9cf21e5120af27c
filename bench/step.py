"""`python -m bench.step MODULE:FUNCTION JSON`: one step; its answer is the last line, as JSON."""

import importlib
import json
import sys


def main() -> None:
    """Call the function with the named arguments and print what it returns."""
    module, _, function = sys.argv[1].partition(":")
    work = getattr(importlib.import_module(f"bench.{module}"), function)
    print(json.dumps(work(**json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main()
