"""Session folders: the inbox, the manifest, and which files are clips."""
