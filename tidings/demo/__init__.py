"""The demonstration: the main job done on real parts, through the public API, before one's eyes."""
