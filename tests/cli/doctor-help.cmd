$FB doctor --help
