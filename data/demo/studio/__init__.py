"""The photographic studio: shapes, surfaces, lights and the camera."""
