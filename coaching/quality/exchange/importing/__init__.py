"""Bringing in reviews, disputes and scorecards of another quality system.

`documents` takes files apart as a stream, `shapes` says what an object must hold, `survey` looks through everything once
(people, scales, which scorecards there were), `versions` makes scorecards of it, `reviews` and `disputes` write in chunks,
`running` holds it together.
"""
