"""The explorer: any figure by person, team, topic, channel and segment, over days, weeks and months."""
