"""The one place that talks to the renderer."""
