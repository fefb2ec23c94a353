"""Periodic work for the tests: what it did is told in `done`."""

from foundation.schedule import WorkFailed

done = []


def feed_the_cat(now):
    done.append(("cat", now))
    return "the cat is fed"


def water_the_plants(now):
    done.append(("plants", now))
    return "two plants watered"


def refuse(now):
    raise WorkFailed("The tap is closed. Open it.")


def break_down(now):
    raise ValueError("Mrs Miller wrote: where is my parcel?")


def be_told_to_end(now):
    raise SystemExit(0)
