$FB frobnicate
