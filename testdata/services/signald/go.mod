module signald

go 1.24
