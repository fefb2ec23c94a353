"""What can be done with packages: keep one and make modules of it (`library`); open one and store what it reports (`running`, `exercises`)."""

from learning.packages.services.exercises import keep_data, record_result, visit_of_exercise
from learning.packages.services.library import Imported, exchange_package, import_package, make_module
from learning.packages.services.running import confirm_seen, launch_package, open_part, record_commit, touch_launch

__all__ = [
    "Imported",
    "confirm_seen",
    "exchange_package",
    "import_package",
    "keep_data",
    "launch_package",
    "make_module",
    "open_part",
    "record_commit",
    "record_result",
    "touch_launch",
    "visit_of_exercise",
]
