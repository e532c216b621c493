"""Reports: one file each, with its spec, its kernel (journeys to cells) and its finish (cells to rows)."""
