$FB run
