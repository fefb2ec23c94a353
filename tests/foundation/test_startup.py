"""The server's process leaves what starting up made out of the search for unused objects."""

import os
import subprocess
import sys


def test_loading_the_application_settles_what_it_made():
    code = (
        "import gc, sys, config.wsgi; "
        "print(gc.get_freeze_count() > 100_000, len(gc.get_objects()) < 20_000, 'coaching.dashboards.views' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "DEBUG": "1"}, capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["True", "True", "True"]
