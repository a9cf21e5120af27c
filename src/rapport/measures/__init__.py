"""One file per measure: definitions in portable SQL that turn interactions into figures."""
