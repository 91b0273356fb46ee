"""Two databases into one: what both know once, what one knows added, what they say differently kept as claims and told."""
