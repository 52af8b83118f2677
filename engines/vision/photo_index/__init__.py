"""What is known of the person's photos: facts, vectors and small pictures, kept current."""
