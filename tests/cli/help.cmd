$FB --help
