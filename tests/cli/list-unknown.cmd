$FB list frob
