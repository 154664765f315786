$FB report --help
