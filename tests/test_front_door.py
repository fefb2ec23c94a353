"""`./uncommon`: what it says when asked wrongly, and that it works from any folder."""

import subprocess

from tests.conftest import ROOT


def uncommon(*arguments: str, cwd: str = "/") -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ROOT / "uncommon"), *arguments], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def test_help_names_every_command():
    shown = uncommon("help")
    assert shown.returncode == 0
    for command in ("demo", "serve", "test", "setup", "manage", "screenshots", "bench", "lint"):
        assert f"\n  {command} " in shown.stdout


def test_an_unknown_command_shows_the_help_and_fails():
    shown = uncommon("dmeo")
    assert shown.returncode == 2
    assert "Usage: ./uncommon" in shown.stderr


def test_an_option_without_its_value_is_named():
    shown = uncommon("demo", "--port")
    assert shown.returncode == 1
    assert "--port needs a number" in shown.stderr


def test_it_is_a_plain_sh_script():
    assert subprocess.run(["sh", "-n", str(ROOT / "uncommon")], check=False).returncode == 0
