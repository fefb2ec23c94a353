"""Questions from and to other systems' files: GIFT and Moodle XML. Plain functions; nothing here knows the database."""
