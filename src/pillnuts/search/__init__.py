"""Finding medicines the way Koreans type."""
