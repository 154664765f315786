$FB doctor memry
