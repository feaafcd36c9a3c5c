"""Work on files, in processes of their own that can neither grow nor call out."""
