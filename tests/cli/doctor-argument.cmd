$FB doctor now
