"""What people do with tries that were handed in: marking free text, marking anew, giving another try, looking at questions."""
