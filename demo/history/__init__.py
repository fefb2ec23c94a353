"""Half a year of cases, conversations and survey answers of the demo company, the same for the same seed."""

from demo.history.build import Case, History, build_history
from demo.history.files import write_files
from demo.history.sizes import SIZES, Size

__all__ = ["SIZES", "Case", "History", "Size", "build_history", "write_files"]
