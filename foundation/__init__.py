"""What every room of the house uses and that knows none of them: events, statistics, file safety, page parts."""
