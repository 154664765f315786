$FB
