"""What only runs where torch is: it is 5 GB, and fetched when a person asks for it."""
