"""Video clips: reading them with true time stamps, writing overlays."""
