$FB breakeven --help
