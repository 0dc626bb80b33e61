"""The science and the storage of the platform; it never imports Dagster."""
