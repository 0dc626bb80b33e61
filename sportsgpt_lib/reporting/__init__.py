"""Pages, pictures and overlay videos from finished rows; nothing is judged here."""
