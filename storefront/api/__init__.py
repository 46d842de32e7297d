"""The catalogue as JSON for other programs, and the list of a product for other pages."""
