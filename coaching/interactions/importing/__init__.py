"""The import engine: from an exported file to interactions, messages and survey responses.

`formats` recognises an export and gives it the mapping that `systems` holds for it; `opening` brings
file and mapping together; `reading` (with `xlsx`, `json_rows` and `derived`) turns a file into chunks of
text columns, `parsing` turns those into typed columns and names what it could not read, `cases`,
`events`, `messages` and `surveys` give the columns their meaning, `handlers` finds out who is meant,
`waiting` gives ratings to cases that come later,
`writing` brings one chunk into the database, and `running` leads the whole run: `ahead` prepares the
next chunk meanwhile, `bulk` sets the connection for many rows and
`first_load` the table for the first of them. The verbs for everybody else are in
`coaching.interactions.services`.
"""
