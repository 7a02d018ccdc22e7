"""The desk's procedures and the school's technical support strategy, in authorised versions."""
