"""The definitions, one file each, found by file name: `<name>.py` exports `MEASURE`."""
