"""Parts of pages as functions of data that return Dash components."""
