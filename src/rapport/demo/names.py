"""Names of people who do not exist: usual first names, invented family names."""

FIRST_NAMES: tuple[str, ...] = (
    *("Anna", "Bram", "Clara", "Daan", "Elif", "Finn", "Greta", "Hugo", "Ines", "Jonas", "Katja"),
    *("Lotte", "Marc", "Nadia", "Otto", "Pauline", "Quinten", "Rosa", "Samir", "Tess", "Ulla"),
    *("Victor", "Wout", "Yara", "Zoe", "Emil", "Fleur", "Karim", "Louise", "Milan", "Noor", "Theo"),
)
LAST_NAMES: tuple[str, ...] = (
    *("Aldenhorst", "Beukendael", "Corvelle", "Dravenbach", "Elsenrade", "Fontambre", "Grevelink"),
    *("Hasselwoud", "Immerdal", "Jorisveld", "Kestelaar", "Lindewaart", "Montrevel", "Nieborgh"),
    *("Oosterlune", "Pellerande", "Quaadhof", "Rivaltin", "Steenbrakel", "Tannhagen", "Uilenpas"),
    *("Varrembert", "Wesselbeek", "Ysermonde", "Zandervoort", "Brandtmoor", "Claessenbos"),
)
