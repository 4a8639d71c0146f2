module tokend

go 1.24
