"""A seeded retailer's year in seven datasets, from ten thousand to a hundred million events."""
