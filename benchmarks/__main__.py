"""`./uncommon bench NAME …`: run one workload; its module's `main(argv)` prints the figures."""

import importlib
import sys
from pathlib import Path

MODULES = {"import": "import_interactions"}  # names that are no Python identifiers


def names() -> list[str]:
    stems = sorted(p.stem for p in Path(__file__).parent.glob("*.py") if not p.stem.startswith("_"))
    shown = {module: name for name, module in MODULES.items()}
    return [shown.get(stem, stem) for stem in stems]


def main() -> int:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in names():
        print("Benchmarks: " + ", ".join(names()))
        return 0 if not arguments else 2
    module = importlib.import_module(f"benchmarks.{MODULES.get(arguments[0], arguments[0])}")
    return int(module.main(arguments[1:]) or 0)


if __name__ == "__main__":
    sys.exit(main())
