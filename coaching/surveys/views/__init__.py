"""Pages of surveys: the customers' (public, framed) and the staff's."""
